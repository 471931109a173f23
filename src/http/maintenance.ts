// What the cron trigger does: the audit log gets the partitions of the days ahead and loses those past their retention,
// and sessions that ended without a word are swept up.

import { withDeadline } from "../deadline.ts";
import { log } from "../log.ts";
import type { Services } from "../services.ts";

/** A week of room: the trigger may fail for days before a row finds no partition. */
const AHEAD_DAYS = 7;
const TIMEOUT_MS = 60_000;

/** The one remote method that sweeping needs. */
export interface Sweeper {
  sweep(): Promise<void>;
}

export async function maintain({ audit, config }: Services, catalogue: Sweeper): Promise<void> {
  await catalogue.sweep();
  const retention = { keepDays: config.AUDIT_KEEP_DAYS, aheadDays: AHEAD_DAYS };
  const done = await withDeadline(TIMEOUT_MS, undefined, (signal) => audit.maintain(retention, signal));
  const outcome = done.ok ? done.value : done;
  if (outcome.ok) log("info", "audit.maintained", { ...outcome.value });
  // Thrown so that the platform shows the run as failed; the next one does the same work.
  else throw new Error(`the audit log could not be maintained: ${outcome.error.kind}`);
}
