// The totals of all counters, and where the sinks stood last: in memory, and in one row for when the object has slept.

import * as z from "zod";
import { Tally } from "../metrics/tally.ts";
import { once } from "../once.ts";
import type { MetricsReport, SinkStanding } from "../ports/metrics.ts";

const KEY = "totals";

const Kept = once(() => {
  const moment = z.number().optional();
  const standing = z.object({
    atMs: z.number(),
    backlogRows: z.int(),
    oldestMs: moment,
    lastInsertAtMs: moment,
    activeChains: z.int(),
    activeSessions: z.int(),
  });
  return z.object({ counts: z.record(z.string(), z.number()), sinks: z.record(z.string(), standing) });
});

export class KeptTotals {
  readonly #kv: SyncKvStorage;
  readonly #tally = new Tally();
  readonly #sinks = new Map<string, SinkStanding>();
  #isChanged = false;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
    // What another version wrote, and cannot be read any more, is no reason to count nothing.
    const kept = Kept().safeParse(kv.get(KEY)).data;
    if (!kept) return;
    this.#tally.merge(kept.counts);
    for (const [name, { oldestMs, lastInsertAtMs, ...standing }] of Object.entries(kept.sinks))
      this.#sinks.set(name, { ...standing, oldestMs, lastInsertAtMs });
  }

  get counts(): MetricsReport["counts"] {
    return this.#tally.counts;
  }

  get sinks(): readonly SinkStanding[] {
    return [...this.#sinks.values()];
  }

  get isChanged(): boolean {
    return this.#isChanged;
  }

  add({ counts, sink }: MetricsReport): void {
    this.#tally.merge(counts);
    if (sink) this.#sinks.set(sink.name, sink.standing);
    this.#isChanged = true;
  }

  save(): void {
    if (!this.#isChanged) return;
    this.#kv.put(KEY, { counts: this.#tally.counts, sinks: Object.fromEntries(this.#sinks) });
    this.#isChanged = false;
  }
}
