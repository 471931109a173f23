// The generic cell rate algorithm (ITU-T I.371, Annex A): exact, and one number of state a key.

import { err, ok } from "../result.ts";
import { allowance } from "./rate.ts";
import type { Result } from "../result.ts";
import type { Rate } from "./rate.ts";

export interface RateLimited {
  readonly kind: "rate_limited";
  readonly key: string;
  readonly rate: Rate;
  /** True: the same call after exactly this long is admitted, unless another one takes its place. */
  readonly retryAfterMs: number;
}

/** Microseconds at which each key's bucket is empty again (its "theoretical arrival time"). What survives hibernation. */
export type LimiterState = Readonly<Record<string, number>>;

/**
 * A full burst of `limit` calls at once, then one every window ÷ limit. Whole microseconds throughout: with fractions
 * a caller that waits exactly as told could still be refused by a rounding error.
 */
export class Limiter {
  readonly #emptyAtUs: Map<string, number>;
  #latestUs = 0;

  constructor(state: LimiterState = {}) {
    this.#emptyAtUs = new Map(Object.entries(state));
  }

  take(key: string, rate: Rate, nowMs: number): Result<undefined, RateLimited> {
    const { limit, windowMs } = allowance(rate);
    const stepUs = Math.ceil((windowMs * 1_000) / limit);
    // A clock that steps back must not make anyone wait longer than the window.
    this.#latestUs = Math.max(this.#latestUs, Math.floor(nowMs * 1_000));

    const next = Math.max(this.#latestUs, this.#emptyAtUs.get(key) ?? 0) + stepUs;
    const tooEarlyUs = next - this.#latestUs - limit * stepUs;
    if (tooEarlyUs > 0) return err({ kind: "rate_limited", key, rate, retryAfterMs: Math.ceil(tooEarlyUs / 1_000) });

    this.#emptyAtUs.set(key, next);
    return ok(undefined);
  }

  /** Only the buckets that are not empty yet: the others begin anew anyway. */
  snapshot(nowMs: number): LimiterState {
    return Object.fromEntries([...this.#emptyAtUs].filter(([, emptyAtUs]) => emptyAtUs > nowMs * 1_000));
  }
}
