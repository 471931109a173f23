// A source from its beginning to its end through the verifier: the rows of a place before its checkpoints.

import { LogVerifier, type LogSummary } from "../../src/audit/verify/log.ts";
import { comparePlaces, type Place } from "../../src/audit/verify/place.ts";
import type { JudgedCheckpoint } from "../../src/audit/verify/standing.ts";
import type { AuditKey } from "../../src/audit/signing.ts";
import type { DayRoot } from "../../src/ports/evidence.ts";
import { Cursor, type Batches } from "./sorted.ts";
import { Unreadable, type LogSource } from "./source.ts";

export interface Trusted {
  readonly keys: readonly AuditKey[];
  /** Kept outside of what is verified. */
  readonly roots: readonly DayRoot[];
}

export async function verifySource(source: LogSource, { keys, roots: kept }: Trusted): Promise<LogSummary> {
  const verifier = new LogVerifier({ keys, beginning: source.beginning, checkpoints: source.checkpointSpan });
  const stored = await readThrough(source, verifier);
  if (stored) for (const flaw of await source.flaws()) verifier.report({ kind: "incomplete", detail: flaw });
  return verifier.end(stored ?? [], kept);
}

/** Undefined where it could not be read to its end. */
async function readThrough(source: LogSource, verifier: LogVerifier): Promise<readonly DayRoot[] | undefined> {
  try {
    await feed(source, verifier);
    return await source.roots();
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    verifier.cutOff(`it could not be read to its end: ${cause.message}`);
    return undefined;
  }
}

async function feed(source: LogSource, verifier: LogVerifier): Promise<void> {
  const checkpoints = new Cursor(judged(source, verifier));
  await checkpoints.fill();
  for await (const rows of source.rows()) {
    for (const row of rows) {
      while (checkpoints.head && comparePlaces(checkpoints.head.place, row) < 0) await pass(checkpoints, verifier);
      verifier.row(row);
    }
  }
  while (checkpoints.head) await pass(checkpoints, verifier);
}

/** Rows are looked at while other threads check the signatures: a checkpoint is waited for when its turn comes. */
interface Judging {
  readonly place: Place;
  readonly judgement: Promise<JudgedCheckpoint>;
}

/** Files are read by the threads that check signatures: behind thousands of those the next rows would wait. */
const MAX_JUDGED_AT_ONCE = 32;

async function* judged(source: LogSource, verifier: LogVerifier): Batches<Judging> {
  for await (const batch of source.checkpoints())
    for (let from = 0; from < batch.length; from += MAX_JUDGED_AT_ONCE) {
      const next = batch.slice(from, from + MAX_JUDGED_AT_ONCE);
      yield next.map((place) => ({ place, judgement: verifier.judge(place) }));
    }
}

async function pass(checkpoints: Cursor<Judging>, verifier: LogVerifier): Promise<void> {
  if (checkpoints.head) verifier.checkpoint(await checkpoints.head.judgement);
  checkpoints.skip();
  await checkpoints.fill();
}
