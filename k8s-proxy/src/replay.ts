// Remembers the ids of recent calls, so that a token that was seen once is worth nothing to whoever copied it.
import { fail } from "./failure.ts";
import { ok } from "./result.ts";

import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

export type ReplayGuard = (id: string) => Result<string, Failure>;

interface ReplayOptions {
  /** How long an id is kept: no token may be valid for longer than this after it was first accepted. */
  readonly keepMs: number;
  readonly capacity: number;
  readonly now: () => number;
}

/** Every id is kept equally long, so the map's order of insertion is its order of expiry and eviction looks at the front only. */
export function replayGuard({ keepMs, capacity, now }: ReplayOptions): ReplayGuard {
  const expiries = new Map<string, number>();

  return (id) => {
    const time = now();
    for (const [oldest, expiry] of expiries) {
      if (expiry > time) break;
      expiries.delete(oldest);
    }

    if (expiries.has(id)) return fail("unauthenticated", "The call's token was refused", { detail: "jti seen before" });
    // Forgetting a live id to make room would let a flood open the way for a replay.
    if (expiries.size >= capacity) {
      const [firstExpiry = time] = expiries.values();
      return fail("cluster_busy", "The proxy has had too many calls in the last minute", {
        retryAfterS: Math.max(1, Math.ceil((firstExpiry - time) / 1000)),
        detail: `the replay cache holds ${capacity} live ids`,
      });
    }
    expiries.set(id, time + keepMs);
    return ok(id);
  };
}
