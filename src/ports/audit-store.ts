// Where the journal drains to, and stays for the days of its retention.

import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

/**
 * One line of a session's journal. `record` is the JSON text that was hashed, byte for byte;
 * `hash` = SHA-256(previous hash ‖ record), both hex. The columns of `audit_logs` are read out of `record` by the store.
 */
export interface JournalRow {
  readonly seq: number;
  readonly record: string;
  readonly prevHash: string;
  readonly hash: string;
}

/** The store can never take this batch as it is: a row of it holds data that PostgreSQL refuses. Retrying is useless. */
export interface RowRefused {
  readonly kind: "row_refused";
  /** SQLSTATE: class 22 or 23. */
  readonly sqlState: string;
}

export interface AuditStore {
  /** All rows or none, in one statement; a row that is there already is left as it is. */
  insert(rows: readonly JournalRow[], signal: AbortSignal): Promise<Result<undefined, UpstreamFailure | RowRefused>>;
  /** Puts a refused row aside, as bytes, where nothing about its content can be refused. */
  quarantine(row: JournalRow, refusal: RowRefused, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
  /** Creates the daily partitions of the days ahead and drops those past their retention. Idempotent. */
  maintain(retention: Retention, signal: AbortSignal): Promise<Result<Maintenance, UpstreamFailure>>;
}

export interface Retention {
  readonly keepDays: number;
  readonly aheadDays: number;
}

export interface Maintenance {
  readonly created: number;
  readonly dropped: number;
}
