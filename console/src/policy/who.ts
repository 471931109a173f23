// About whom the policy is asked, as it is typed, and as the server is asked.

import type { SimulateBody } from "../tools/api.ts";

export interface Question {
  readonly by: SimulateBody["who"]["by"];
  readonly keyId: string;
  readonly kind: "agent" | "human";
  readonly roles: readonly string[];
  readonly tool: string;
  readonly cluster: string;
  readonly namespace: string;
}

export const NO_QUESTION: Question = {
  by: "me",
  keyId: "",
  kind: "agent",
  roles: [],
  tool: "",
  cluster: "",
  namespace: "",
};

export type QuestionFaults = Partial<Readonly<Record<"keyId" | "tool", string>>>;

export function faultsOf({ by, keyId, tool }: Question): QuestionFaults {
  return {
    ...(by === "key" && keyId.trim() === "" ? { keyId: "Say which key: its id, not the key itself." } : {}),
    ...(tool === "" ? { tool: "Choose a tool." } : {}),
  };
}

export function bodyOf({ by, keyId, kind, roles, tool, cluster, namespace }: Question): SimulateBody {
  const where = {
    ...(cluster === "" ? {} : { cluster }),
    ...(namespace.trim() === "" ? {} : { namespace: namespace.trim() }),
  };
  switch (by) {
    case "me":
      return { who: { by }, tool, ...where };
    case "key":
      return { who: { by, key_id: keyId.trim() }, tool, ...where };
    case "roles":
      return { who: { by, kind, roles: [...roles] }, tool, ...where };
  }
}
