// What a kill switch is called.

import type { KillSwitch, SwitchScope } from "../api/contract.ts";

export const SCOPES = {
  all: { title: "All runbooks", hint: "Nothing runs and nothing can be approved." },
  runbook: { title: "One runbook", hint: "Its id, such as restart-deployment." },
  tool: { title: "One tool or action", hint: "Its name, such as k8s.drain: every runbook that uses it stops." },
  cluster: { title: "One cluster", hint: "Its name in this deployment: nothing runs there." },
} as const satisfies Record<SwitchScope, { title: string; hint: string }>;

export const SCOPE_NAMES: readonly SwitchScope[] = ["all", "runbook", "tool", "cluster"];

export function nameOf({ scope, name }: Pick<KillSwitch, "scope" | "name">): string {
  return scope === "all" ? "all runbooks" : `${scope} ${name}`;
}
