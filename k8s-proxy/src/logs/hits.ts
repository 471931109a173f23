// The lines that matched, with those around them, as many as were asked for: the newest or the oldest of all streams.
import { cut } from "../clean.ts";
import { MAX_LINE_LENGTH } from "./limits.ts";

import type { Level } from "./level.ts";
import type { LogSource } from "./log-source.ts";

export interface FoundLine {
  readonly source: LogSource;
  readonly atMs: number;
  /** Its place among all lines that were read: tells those of one millisecond apart. */
  readonly at: number;
  readonly text: string;
}

export interface Hit extends FoundLine {
  readonly level: Level;
  readonly around: FoundLine[];
}

export type Order = "newest" | "oldest";

export function byOrder(order: Order): (one: FoundLine, other: FoundLine) => number {
  const sign = order === "newest" ? -1 : 1;
  return (one, other) => sign * (one.atMs - other.atMs || one.at - other.at);
}

/** The best so many of any number, in memory for twice as many. */
export class BoundedHits {
  readonly #limit: number;
  readonly #compare: (one: FoundLine, other: FoundLine) => number;
  #kept: Hit[] = [];
  #last: FoundLine | undefined;

  constructor(limit: number, order: Order) {
    this.#limit = limit;
    this.#compare = byOrder(order);
  }

  /** Asked before a hit is made: most lines of a long log come too early or too late. */
  wants(line: FoundLine): boolean {
    return this.#last === undefined || this.#compare(line, this.#last) < 0;
  }

  add(hit: Hit): void {
    this.#kept.push(hit);
    if (this.#kept.length >= this.#limit * 2) this.#trim();
  }

  sorted(): readonly Hit[] {
    this.#trim();
    return this.#kept;
  }

  #trim(): void {
    this.#kept = this.#kept.toSorted(this.#compare).slice(0, this.#limit);
    if (this.#kept.length === this.#limit) this.#last = this.#kept.at(-1);
  }
}

/** A slice of a string keeps the whole chunk alive that it was read in; a line that is kept must not. */
export function keptText(text: string): string {
  return Buffer.from(cut(text, MAX_LINE_LENGTH)).toString();
}
