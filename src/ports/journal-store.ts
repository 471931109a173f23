// Where a session's journal is kept until it has drained: beside the session, written without waiting for a network.

import type { JournalRow } from "./audit-store.ts";

/** `intent`: about to act outside. `outcome`: how a call ended; a call that only reads has just this. `event`: anything else. */
export type Phase = "intent" | "outcome" | "event";

export interface StoredRow extends JournalRow {
  readonly callId: string;
  readonly phase: Phase;
}

/** Refusals of one kind that were counted instead of written down one by one. */
export interface CountedRefusals {
  /** Reason and tool, as the journal composes them. */
  readonly key: string;
  readonly windowStartMs: number;
  readonly count: number;
  /** The first of them as it would have been written down. */
  readonly record: string;
}

export interface Backlog {
  readonly rows: number;
  readonly bytes: number;
}

/** Everything but `durable` is synchronous on purpose: an `await` between reading the head and writing a row forks the chain. */
export interface JournalStore {
  /** The row written last; it outlives its draining, for the next one to build on. */
  head(): Pick<StoredRow, "seq" | "hash"> | undefined;
  /** All rows or none. Throws when the storage cannot take them. */
  append(rows: readonly StoredRow[]): void;
  backlog(): Backlog;
  /** The oldest rows that have not drained, in order of seq. */
  pending(limit: number): readonly StoredRow[];
  /** Marks rows up to `seq` as drained, and forgets them unless their call is still `running`. */
  settle(seq: number, running: ReadonlySet<string>): void;
  /** Forgets that row as well, so that the next one is the first of another chain. Only when everything has drained. */
  endChain(): void;
  /** Intents without an outcome. After a wake these calls were cut off: nothing runs any more. */
  openIntents(): readonly StoredRow[];
  /** Adds one to the count of the key's window; `record` is kept only for the first of them. Throws like `append`. */
  countRefusal(refusal: Omit<CountedRefusals, "count">): void;
  /** The counts of windows that began at or before this moment. */
  refusals(upToMs: number): readonly CountedRefusals[];
  forgetRefusals(upToMs: number): void;
  /** Drains that failed in a row; kept, so that a sleep between two tries does not restart the backoff. */
  failures(): number;
  setFailures(failures: number): void;
  /** Resolves when everything written so far would survive a crash. */
  durable(): Promise<void>;
}
