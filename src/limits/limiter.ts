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

  constructor(state: LimiterState = {}) {
    this.#emptyAtUs = new Map(Object.entries(state));
  }

  take(key: string, rate: Rate, nowMs: number): Result<undefined, RateLimited> {
    const { limit, windowMs } = allowance(rate);
    const stepUs = Math.ceil((windowMs * 1_000) / limit);
    const nowUs = Math.floor(nowMs * 1_000);
    const fullUs = limit * stepUs;
    // No bucket is fuller than full: after the clock has stepped back, or the rate was raised, nobody waits longer for it.
    const emptyAtUs = Math.min(Math.max(nowUs, this.#emptyAtUs.get(key) ?? 0), nowUs + fullUs);

    const tooEarlyUs = emptyAtUs + stepUs - nowUs - fullUs;
    this.#emptyAtUs.set(key, tooEarlyUs > 0 ? emptyAtUs : emptyAtUs + stepUs);
    return tooEarlyUs > 0
      ? err({ kind: "rate_limited", key, rate, retryAfterMs: Math.ceil(tooEarlyUs / 1_000) })
      : ok(undefined);
  }

  /** How many calls would be admitted at once. */
  left(key: string, rate: Rate, nowMs: number): number {
    const { limit, windowMs } = allowance(rate);
    const stepUs = Math.ceil((windowMs * 1_000) / limit);
    const fillUs = Math.max(0, (this.#emptyAtUs.get(key) ?? 0) - Math.floor(nowMs * 1_000));
    return Math.max(0, limit - Math.ceil(fillUs / stepUs));
  }

  /** Only the buckets that are not empty yet: the others begin anew anyway. */
  snapshot(nowMs: number): LimiterState {
    return Object.fromEntries([...this.#emptyAtUs].filter(([, emptyAtUs]) => emptyAtUs > nowMs * 1_000));
  }
}
