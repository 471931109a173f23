// The audit log once it has arrived in Postgres, read in pages by whoever verifies it, seals it or hands it on.

import type { Result } from "../result.ts";
import type { Checkpoint, DayRoot } from "./evidence.ts";
import type { UpstreamFailure } from "./failure.ts";

/** Where a row stands in the order of arrival. Two may have arrived in one statement, so the time alone tells them not apart. */
export interface ArrivalCursor {
  /** Set by Postgres, to the microsecond: 2026-11-29T12:00:00.123456Z. */
  readonly ingestedAt: string;
  readonly eventId: string;
  readonly ts: string;
}

export interface ArchivedRow extends ArrivalCursor {
  readonly chainId: string;
  readonly seq: number;
  /** ISO 8601 in UTC, as the column has it: to the millisecond, or finer where somebody wrote it finer. */
  readonly ts: string;
  readonly prevHash: string;
  readonly hash: string;
  /** The text that was hashed, byte for byte. */
  readonly record: string;
}

export interface ArchivedCheckpoint extends Checkpoint {
  /** Set by Postgres, to the microsecond. */
  readonly storedAt: string;
}

/** `fromMs` inclusive, `toMs` not. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ArrivedQuery extends Span {
  readonly after?: ArrivalCursor | undefined;
  readonly limit: number;
}

export interface DayQuery<After> {
  /** UTC, as 2026-11-29: of `ts`. */
  readonly day: string;
  readonly after?: After | undefined;
  readonly limit: number;
}

export interface RowPlace {
  readonly chainId: string;
  readonly seq: number;
}

/** Two rows of one place are a fault, but both must be seen. */
export type RowCursor = RowPlace & Pick<ArchivedRow, "eventId" | "ts">;

export type CheckpointCursor = RowPlace & Pick<Checkpoint, "isFinal">;

export interface StoredHash extends RowPlace {
  readonly hash: string;
}

type Answer<T> = Promise<Result<T, UpstreamFailure>>;

/** Every list has at most `limit` entries; a shorter one is the last. Chain ids are ordered bytewise. */
export interface AuditArchive {
  /** In order of arrival: `ingestedAt`, `eventId`, `ts`. A transaction that still commits may add rows of the last seconds. */
  arrived(query: ArrivedQuery, signal: AbortSignal): Answer<readonly ArchivedRow[]>;
  /** Of the day, and of them those that arrived in the span where one is given; ordered by chain id, seq, event id, ts. */
  rowsOfDay(
    query: DayQuery<RowCursor> & { readonly arrived?: Span | undefined },
    signal: AbortSignal,
  ): Answer<readonly ArchivedRow[]>;
  /** The hashes of the rows that stand at these places: none, one or (a fault) several for each, those in quarantine too. In no order. */
  hashesAt(places: readonly RowPlace[], signal: AbortSignal): Answer<readonly StoredHash[]>;
  /** Before each of these rows: what their `prevHash` has to be. */
  predecessorHashes(rows: readonly RowPlace[], signal: AbortSignal): Answer<readonly StoredHash[]>;
  /** Those stored in the span, ordered by `storedAt`, chain id, seq, not final before final. */
  checkpointsArrived(
    query: Span & { readonly after?: ArchivedCheckpoint | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Answer<readonly ArchivedCheckpoint[]>;
  /** All whose `ts` is of the day, ordered by chain id, seq, not final before final. */
  checkpointsOfDay(query: DayQuery<CheckpointCursor>, signal: AbortSignal): Answer<readonly ArchivedCheckpoint[]>;
  /**
   * What a day's root is made of: the last of that day of each chain, ordered by chain id. The last is the one of the
   * highest seq, and of two of one seq the final one.
   */
  lastCheckpointsOfDay(query: DayQuery<string>, signal: AbortSignal): Answer<readonly ArchivedCheckpoint[]>;
  /** By day; both ends are inclusive. */
  roots(days: { readonly fromDay: string; readonly toDay: string }, signal: AbortSignal): Answer<readonly DayRoot[]>;
  lastRoot(signal: AbortSignal): Answer<DayRoot | undefined>;
  /** The days (UTC, of `ts`) of the rows that arrived in the span, in order. */
  daysArrived(span: Span, signal: AbortSignal): Answer<readonly string[]>;
  /** Where there is anything at all, and what time it is there. */
  bounds(signal: AbortSignal): Answer<ArchiveBounds>;
}

export interface ArchiveBounds {
  /** By the clock that sets `ingestedAt` and `storedAt`. */
  readonly nowMs: number;
  /** Of the oldest row and of the oldest checkpoint that are there. */
  readonly firstRowDay: string | undefined;
  readonly firstCheckpointDay: string | undefined;
  readonly lastCheckpointAtMs: number | undefined;
  /** Rows that were put aside, because Postgres could not take them as they are. */
  readonly quarantined: number;
}
