// Counts by name and labels: added up where something happens, sent on as differences, kept as totals.

import { COUNTERS } from "./families.ts";
import type { CounterName } from "./families.ts";

/** By `name label label …`: plain enough to be sent, stored and added up again. */
export type Counts = Readonly<Record<string, number>>;

export class Tally {
  readonly #counts = new Map<string, number>();

  /** Labels in the order of the family. */
  add(name: CounterName, labels: readonly string[] = [], by = 1): void {
    if (labels.length !== COUNTERS[name].labels.length) throw new Error(`${name} has other labels`);
    this.#add([name, ...labels].join(" "), by);
  }

  merge(counts: Counts): void {
    for (const [key, by] of Object.entries(counts)) this.#add(key, by);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  get counts(): Counts {
    return Object.fromEntries(this.#counts);
  }

  /** What was counted since the last time, which is then somebody else's to keep. */
  take(): Counts {
    const { counts } = this;
    this.#counts.clear();
    return counts;
  }

  #add(key: string, by: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }
}
