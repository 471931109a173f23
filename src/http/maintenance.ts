// What the cron trigger does: tomorrow's partitions of the audit log are made, those past their retention are dropped.

import { withDeadline } from "../deadline.ts";
import { log } from "../log.ts";
import type { Services } from "../services.ts";

/** A week of room: the trigger may fail for days before a row finds no partition. */
const AHEAD_DAYS = 7;
const TIMEOUT_MS = 60_000;

export async function maintainAudit({ audit, config }: Services): Promise<void> {
  const retention = { keepDays: config.AUDIT_KEEP_DAYS, aheadDays: AHEAD_DAYS };
  const done = await withDeadline(TIMEOUT_MS, undefined, (signal) => audit.maintain(retention, signal));
  const outcome = done.ok ? done.value : done;
  if (outcome.ok) log("info", "audit.maintained", { ...outcome.value });
  // Thrown so that the platform shows the run as failed; the next one does the same work.
  else throw new Error(`the audit log could not be maintained: ${outcome.error.kind}`);
}
