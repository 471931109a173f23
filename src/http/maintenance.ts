// What the cron trigger does: the audit log gets the partitions of the days ahead and loses those past their retention, runs
// go with the rows that explain them, and sessions that ended without a word are swept up.

import { withDeadline } from "../deadline.ts";
import { log } from "../log.ts";
import type { CutShort } from "../deadline.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";

/** A week of room: the trigger may fail for days before a row finds no partition. */
const AHEAD_DAYS = 7;
const TIMEOUT_MS = 60_000;

/** The one remote method that sweeping needs. */
export interface Sweeper {
  sweep(): Promise<void>;
}

export async function maintain({ audit, runStore, config }: Services, catalogue: Sweeper): Promise<void> {
  await catalogue.sweep();
  const keepDays = config.AUDIT_KEEP_DAYS;
  const retention = { keepDays, aheadDays: AHEAD_DAYS };
  const kept = await bounded((signal) => audit.maintain(retention, signal));
  // Thrown so that the platform shows the run as failed; the next one does the same work.
  if (!kept.ok) throw new Error(`the audit log could not be maintained: ${kept.error.kind}`);
  const pruned = await bounded((signal) => runStore.prune(keepDays, signal));
  if (!pruned.ok) throw new Error(`old runs could not be taken out: ${pruned.error.kind}`);
  log("info", "audit.maintained", { ...kept.value, runs_dropped: pruned.value.dropped });
}

async function bounded<T>(
  work: (signal: AbortSignal) => Promise<Result<T, UpstreamFailure>>,
): Promise<Result<T, UpstreamFailure | CutShort>> {
  const done = await withDeadline(TIMEOUT_MS, undefined, work);
  return done.ok ? done.value : done;
}
