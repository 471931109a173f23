// The objects behind the console, as far as it reaches: the desk of approvals, the runs, and the keeper of the audit log.

import { causeOf, log } from "../../log.ts";
import type { ConsoleDesk } from "../../ports/approval-console.ts";
import type { EvidenceStatus } from "../../ports/evidence.ts";
import type { Run } from "../../ports/runs.ts";

export interface Desk {
  readonly approvals: Omit<ConsoleDesk, "note"> & { fetch(url: string, init: RequestInit): Promise<Response> };
  readonly runOf: (runId: string) => { view(runId: string): Promise<Run | undefined> };
  /** Writes down what the visitor does: nothing that is noted is done, or answered, before this has said so. */
  readonly note: ConsoleDesk["note"];
  /** Undefined where the keeper does not answer. */
  readonly evidence: () => Promise<EvidenceStatus | undefined>;
}

export function deskOf(env: Pick<Env, "APPROVAL" | "RUN" | "AUDIT_KEEPER">): Desk {
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
    async evidence() {
      try {
        return await env.AUDIT_KEEPER.getByName("deployment").status();
      } catch (cause) {
        log("error", "console.no_evidence", causeOf(cause));
        return undefined;
      }
    },
  };
}
