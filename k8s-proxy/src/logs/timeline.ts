// How many lines there were when, in no more steps than a reader can take in.
import type { LogBucket } from "../contract/index.ts";
import type { Level } from "./level.ts";

const MINUTE_MS = 60_000;
const MAX_BUCKETS = 30;
/** A week. Lines with moments beyond that many minutes are not drawn. */
const MAX_MINUTES = 10_080;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440] as const;

interface Counts {
  total: number;
  error: number;
}

export class Timeline {
  readonly #minutes = new Map<number, Counts>();

  add(atMs: number, level: Level): void {
    const counts = this.#at(this.#minutes, Math.floor(atMs / MINUTE_MS));
    if (counts === undefined) return;
    counts.total += 1;
    if (level === "error") counts.error += 1;
  }

  /** Oldest first; a step without any line is left out. */
  buckets(): LogBucket[] {
    const minutes = [...this.#minutes.keys()];
    const span = minutes.reduce((latest, minute) => Math.max(latest, minute), 0) - Math.min(...minutes) + 1;
    const step = STEPS.find((minutesEach) => span / minutesEach < MAX_BUCKETS) ?? Math.ceil(span / MAX_BUCKETS);
    const merged = new Map<number, Counts>();
    for (const [minute, { total, error }] of this.#minutes) {
      const counts = this.#at(merged, Math.floor(minute / step) * step);
      if (counts === undefined) continue;
      counts.total += total;
      counts.error += error;
    }
    return [...merged]
      .toSorted(([one], [other]) => one - other)
      .map(([minute, counts]) => ({ t: new Date(minute * MINUTE_MS).toISOString(), ...counts }));
  }

  #at(buckets: Map<number, Counts>, minute: number): Counts | undefined {
    const known = buckets.get(minute);
    if (known !== undefined || buckets.size >= MAX_MINUTES) return known;
    const counts = { total: 0, error: 0 };
    buckets.set(minute, counts);
    return counts;
  }
}
