// An approval as those who decide see it: as it stands at this moment, with what is known of its runbook's past.

import { judged } from "../approvals/states.ts";
import type { SqliteApprovals } from "../adapters/sqlite-approvals.ts";
import type { Filed } from "../ports/approval-console.ts";
import type { Approval } from "../ports/approvals.ts";

const HISTORY_MS = 90 * 86_400_000;

export function filed(found: Approval, approvals: SqliteApprovals, nowMs: number): Filed {
  const approval = judged(found, nowMs);
  const { runs, failed, lastDigest } = approvals.past(approval, nowMs - HISTORY_MS);
  const changedSinceLast = lastDigest !== undefined && lastDigest !== approval.runbook.digest;
  return { ...approval, past: { changedSinceLast, runs, failed } };
}
