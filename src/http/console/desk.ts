// The objects behind the console, as far as it reaches: the desk of approvals, and the runs.

import { causeOf, log } from "../../log.ts";
import type { ConsoleDesk } from "../../ports/approval-console.ts";
import type { Run } from "../../ports/runs.ts";

export interface Desk {
  readonly approvals: Omit<ConsoleDesk, "note"> & { fetch(url: string, init: RequestInit): Promise<Response> };
  readonly runOf: (runId: string) => { view(runId: string): Promise<Run | undefined> };
  /** Writes down what the visitor does: nothing that is noted is done, or answered, before this has said so. */
  readonly note: ConsoleDesk["note"];
}

export function deskOf(env: Pick<Env, "APPROVAL" | "RUN">): Desk {
  const approvals = env.APPROVAL.getByName("deployment");
  return {
    approvals,
    runOf: (runId) => env.RUN.getByName(runId),
    async note(note, { principal, sourceIp }) {
      try {
        return await approvals.note(note, { principal, sourceIp });
      } catch (cause) {
        log("error", "console.not_noted", { action: note.action, ...causeOf(cause) });
        return { ok: false, error: { kind: "audit_backpressure" } };
      }
    },
  };
}
