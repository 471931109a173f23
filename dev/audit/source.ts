// Where a log is read from, whatever that is: what the verifier needs of it, and how it says that it cannot go on.

import type { Beginning } from "../../src/audit/verify/beginning.ts";
import type { EvidenceRow } from "../../src/audit/verify/row.ts";
import type { Checkpoint, DayRoot } from "../../src/ports/evidence.ts";
import type { Batches } from "./sorted.ts";

export interface LogSource {
  /** For whoever reads the result: a file's name, a database's name and host. */
  readonly name: string;
  readonly beginning: Beginning;
  /** The checkpoints that it has are those of this span; all of them where it is undefined. */
  readonly checkpointSpan: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** In order of chain id (bytewise) and seq. */
  rows(): Batches<EvidenceRow>;
  /** In the same order, not final before final. */
  checkpoints(): Batches<Checkpoint>;
  roots(): Promise<readonly DayRoot[]>;
  /** What is wrong with the source itself, in words, once all of it was read. */
  flaws(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** It cannot be read, or not to its end. The message is for whoever asked, and holds no secrets. */
export class Unreadable extends Error {}

/** The command makes no sense as it is. */
export class UsageError extends Error {}
