// Ended steps on their way to a collector: gathered for a moment, sent together, and given up rather than waited for.

import { log } from "../log.ts";
import type { EndedSpan } from "./otlp-span.ts";

export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Work that may go on when the request that began it has been answered. */
  readonly background: (work: () => Promise<void>) => void;
}

/** The steps of a call end within moments of each other: they travel together. */
const GATHER_MS = 50;
const TIMEOUT_MS = 3_000;
const MAX_BATCH = 256;
/** Some 2 MB: an instance has 128, and calls need them more. */
const MAX_WAITING = 2_048;
/** What one request's background may send before it leaves the rest to the next. */
const MAX_BATCHES = 8;
/** Who did not take the last ones will not take these: until then they only gather. */
const AFTER_FAILURE_MS = 10_000;
const TELL_EVERY_MS = 60_000;

export class OtlpExport {
  readonly #collector: Collector;
  #waiting: EndedSpan[] = [];
  /** Somebody is sending, or has failed to: as a time, since whoever sends may be ended together with its request. */
  #busyUntilMs = 0;
  #dropped = 0;
  #toldAtMs = -Infinity;

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  add(span: EndedSpan): void {
    const { now, background } = this.#collector;
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(span);
    else this.#drop(1, { reason: "queue_full" });
    if (now() < this.#busyUntilMs) return;
    this.#busy(GATHER_MS + TIMEOUT_MS);
    background(() => this.#send());
  }

  async #send(): Promise<void> {
    await new Promise((resume) => setTimeout(resume, GATHER_MS));
    for (let sent = 0; sent < MAX_BATCHES && this.#waiting.length > 0; sent++) {
      this.#busy(TIMEOUT_MS);
      const spans = this.#waiting.splice(0, MAX_BATCH);
      const failure = await this.#post(spans).catch((cause: unknown) => ({
        error: cause instanceof Error ? cause.name : typeof cause,
      }));
      if (!failure) continue;
      this.#drop(spans.length, { reason: "not_taken", ...failure });
      this.#busy(AFTER_FAILURE_MS);
      return;
    }
    this.#busyUntilMs = 0;
  }

  /** Undefined when they were taken. What a collector says is not read: it may quote what we sent it. */
  async #post(spans: readonly EndedSpan[]): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { url, headers, fetch } = this.#collector;
    const { toOtlp } = await import("./otlp-json.ts");
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: toOtlp(spans) ?? null,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : { status: response.status };
  }

  #busy(forMs: number): void {
    this.#busyUntilMs = this.#collector.now() + forMs;
  }

  /** Once a minute, with what was lost since the last time. */
  #drop(count: number, why: Readonly<Record<string, unknown>>): void {
    this.#dropped += count;
    const nowMs = this.#collector.now();
    if (nowMs - this.#toldAtMs < TELL_EVERY_MS) return;
    log("warn", "traces.dropped", { dropped: this.#dropped, ...why });
    this.#dropped = 0;
    this.#toldAtMs = nowMs;
  }
}
