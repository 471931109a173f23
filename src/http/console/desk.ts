// The objects behind the console, as far as it reaches: the desk of approvals, runs, sessions and their list, the counters, and the
// keeper of the audit log.

import { withDeadline } from "../../deadline.ts";
import { causeOf, log } from "../../log.ts";
import type { ConsoleDesk } from "../../ports/approval-console.ts";
import type { EvidenceStatus } from "../../ports/evidence.ts";
import type { LiveSession, SessionList } from "../../ports/live-sessions.ts";
import type { MetricsDesk } from "../../ports/metrics.ts";
import type { Run } from "../../ports/runs.ts";
import type { ToolSettings } from "../../ports/tool-settings.ts";
import type { ACTIVITIES } from "./contract/live.ts";

export type Activity = (typeof ACTIVITIES)[number];

export interface Desk {
  readonly approvals: Omit<ConsoleDesk, "note"> & { fetch(url: string, init: RequestInit): Promise<Response> };
  readonly metrics: () => MetricsDesk;
  readonly runOf: (runId: string) => { view(runId: string): Promise<Run | undefined> };
  readonly catalogue: () => SessionList & { settingsNow(): Promise<ToolSettings> };
  readonly sessionOf: (sessionId: string) => LiveSession & { fetch(url: string, init: RequestInit): Promise<Response> };
  /** Writes down what the visitor does: nothing that is noted is done, or answered, before this has said so. */
  readonly note: ConsoleDesk["note"];
  /** Open pages look again. Nothing depends on whether they hear of it. */
  readonly changed: (activity: Activity) => Promise<void>;
  /** Undefined where the keeper does not answer. */
  readonly evidence: () => Promise<EvidenceStatus | undefined>;
}

const TELL_TIMEOUT_MS = 1_000;

type Objects = Pick<Env, "APPROVAL" | "RUN" | "CATALOGUE" | "SESSION" | "METRICS" | "AUDIT_KEEPER">;

export function deskOf(env: Objects): Desk {
  const approvals = env.APPROVAL.getByName("deployment");
  return {
    approvals,
    metrics: () => env.METRICS.getByName("deployment"),
    runOf: (runId) => env.RUN.getByName(runId),
    catalogue: () => env.CATALOGUE.getByName("deployment"),
    sessionOf: (sessionId) => env.SESSION.getByName(sessionId),
    async note(note, { principal, sourceIp }) {
      try {
        return await approvals.note(note, { principal, sourceIp });
      } catch (cause) {
        log("error", "console.not_noted", { action: note.action, ...causeOf(cause) });
        return { ok: false, error: { kind: "audit_backpressure" } };
      }
    },
    async changed(activity) {
      try {
        const pages = env.METRICS.getByName("deployment");
        await withDeadline(TELL_TIMEOUT_MS, undefined, async () => pages.changed(activity));
      } catch (cause) {
        log("warn", "console.not_told", { activity, ...causeOf(cause) });
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
