// From the journal to Postgres: in batches, as often as it takes, nothing dropped and nothing twice.

import type { AuditStore, RowRefused } from "../ports/audit-store.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { JournalStore, StoredRow } from "../ports/journal-store.ts";
import type { Result } from "../result.ts";
import { ok } from "../result.ts";

/** One statement's worth: some 150 KB. */
export const BATCH_ROWS = 200;
/** An alarm has minutes, not hours: what is left after this many batches waits for the next one. */
const MAX_BATCHES = 50;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

export interface Drainage {
  readonly store: JournalStore;
  readonly audit: AuditStore;
  /** Calls that are still running: their intents stay until their outcomes are written. */
  readonly running: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** When to try again: `undefined` when nothing is left. */
export interface DrainReport {
  readonly sent: number;
  readonly quarantined: number;
  readonly failure: UpstreamFailure | undefined;
  readonly retryInMs: number | undefined;
}

export async function drain(drainage: Drainage): Promise<DrainReport> {
  const { store } = drainage;
  let sent = 0;
  let quarantined = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const rows = store.pending(BATCH_ROWS);
    if (rows.length === 0) break;

    const delivered = await deliver(rows, drainage);
    if (!delivered.ok) return { ...postpone(store), sent, quarantined, failure: delivered.error };
    sent += rows.length - delivered.value;
    quarantined += delivered.value;
  }

  if (store.failures() > 0) store.setFailures(0);
  const isLeft = store.pending(1).length > 0;
  return { sent, quarantined, failure: undefined, retryInMs: isLeft ? 0 : undefined };
}

/** How many of the rows had to be put aside. A batch that is refused is halved until the one bad row stands alone. */
async function deliver(rows: readonly StoredRow[], drainage: Drainage): Promise<Result<number, UpstreamFailure>> {
  const { audit, signal } = drainage;
  const inserted = await audit.insert(rows, signal);
  if (inserted.ok) return settled(rows, 0, drainage);
  if (inserted.error.kind !== "row_refused") return { ok: false, error: inserted.error };

  const [only] = rows;
  if (rows.length === 1 && only) return putAside(only, inserted.error, drainage);
  const middle = Math.ceil(rows.length / 2);
  const front = await deliver(rows.slice(0, middle), drainage);
  if (!front.ok) return front;
  const back = await deliver(rows.slice(middle), drainage);
  return back.ok ? ok(front.value + back.value) : back;
}

async function putAside(
  row: StoredRow,
  refusal: RowRefused,
  drainage: Drainage,
): Promise<Result<number, UpstreamFailure>> {
  const kept = await drainage.audit.quarantine(row, refusal, drainage.signal);
  return kept.ok ? settled([row], 1, drainage) : kept;
}

/**
 * Only now, when Postgres has them: a crash before this line sends them again, and the store knows them already. Part by
 * part, so that a search for many bad rows that is cut short goes on where it was.
 */
function settled(
  rows: readonly StoredRow[],
  quarantined: number,
  { store, running }: Drainage,
): Result<number, UpstreamFailure> {
  const last = rows.at(-1);
  if (last) store.settle(last.seq, running);
  return ok(quarantined);
}

function postpone(store: JournalStore): { retryInMs: number } {
  const failures = store.failures();
  store.setFailures(failures + 1);
  return { retryInMs: Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS) };
}
