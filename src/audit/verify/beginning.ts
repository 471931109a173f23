// Rows that are not there at a chain's beginning: dropped with their day, left out on purpose, or taken away.

import type { Place } from "./place.ts";

/** Where what is read begins. */
export interface Beginning {
  /** No row of before can be expected to be there. */
  readonly fromMs: number;
  /**
   * `retention`: nothing older exists, so a chain that begins in its middle needs a signed checkpoint that says it was
   * longer. `chosen`: older rows may well exist, they were just not read.
   */
  readonly cause: "retention" | "chosen";
}

/** A chain that has grown is signed within the hour; this much later even one whose database was away for long. */
const SIGNED_WITHIN_MS = 2 * 86_400_000;

interface SignedPlace extends Place {
  readonly tsMs: number;
}

/** Of one chain. Told of its trusted checkpoints in their order, it knows which of its first rows have to be there. */
export class ChainBeginning {
  readonly #from: Beginning;
  #lastSeq = 0;
  #presentAfter: number | undefined;

  constructor(from: Beginning) {
    this.#from = from;
  }

  checkpoint({ seq, tsMs }: SignedPlace): void {
    const { fromMs } = this.#from;
    // What was written after a checkpoint is younger than it; what it is the first to cover is younger than it by hours.
    if (tsMs >= fromMs) this.#presentAfter ??= tsMs >= fromMs + SIGNED_WITHIN_MS ? this.#lastSeq : seq;
    this.#lastSeq = seq;
  }

  /** Every row after this one has to be there. Undefined where no checkpoint says so. */
  get presentAfter(): number | undefined {
    return this.#presentAfter;
  }

  /** Whether all that is missing before `seq` is accounted for. */
  explains(seq: number): boolean {
    if (seq <= 1) return true;
    if (this.#presentAfter !== undefined && seq > this.#presentAfter + 1) return false;
    return this.#from.cause === "chosen" || this.#lastSeq >= seq - 1;
  }
}
