// What people are told when a run has ended, through the webhooks that want to hear of runs.

import { changesOf } from "../runbooks/run/changes.ts";
import { isEnded } from "../runbooks/run/progress.ts";
import type { PeopleNotice, Run, RunState } from "../ports/runs.ts";

const TITLES: Readonly<Partial<Record<RunState, string>>> = {
  succeeded: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  stopped: "Stopped by a kill switch",
  ambiguous: "A human must look",
};

/** Undefined where there is nothing to tell: while it goes on, and when it has read what it was to read. */
export function runNotice(run: Run, consoleUrl: string | undefined): PeopleNotice | undefined {
  const { state, runbook, cluster, namespace, requester, approvers, approvalId, message = "" } = run;
  const isReading = state === "succeeded" && changesOf(run).length === 0;
  if (!isEnded(run) || isReading) return undefined;
  const place = namespace === undefined ? `in cluster ${cluster}` : `in ${cluster}/${namespace}`;
  return {
    kind: "run",
    title: `${TITLES[state] ?? state}: ${runbook.title}`,
    lines: [
      `${runbook.id}@${runbook.version} ${place}`,
      message,
      `Asked for by ${requester}${approvers.length > 0 ? `, approved by ${approvers.join(" and ")}` : ""}`,
    ],
    ...(consoleUrl !== undefined && { url: `${consoleUrl}/console/approvals/${approvalId}` }),
  };
}
