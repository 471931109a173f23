import { describe, expect, it } from "vitest";
import { asOf, endsAtMs, giveBack, lease, MAX_LEASE, UNSPENT } from "../../../src/limits/quota.ts";
import { seeded } from "../../support/seeded.ts";
import type { Quota } from "../../../src/access/quotas.ts";
import type { Lease, QuotaState } from "../../../src/limits/quota.ts";

/** The first moment of a day. */
const DAY_MS = Date.UTC(2026, 0, 15);
const [MINUTE, HOUR] = [60_000, 3_600_000];
const LIMITS: Quota = { minute: 100, hour: 150, day: 200 };
const state = (minute: number, hour = minute, day = hour): QuotaState => ({
  atMs: DAY_MS,
  spent: { minute, hour, day },
});
const asking = (least: number, most = least) => ({ least, most, limits: LIMITS });

describe("a lease", () => {
  it("counts as spent in all windows from the moment it is granted", () => {
    const { state: after, outcome } = lease(UNSPENT, asking(1, 4), DAY_MS + 5);

    expect(outcome).toEqual({ ok: true, value: { units: 4, atMs: DAY_MS + 5 } });
    expect(after).toEqual({ atMs: DAY_MS + 5, spent: { minute: 4, hour: 4, day: 4 } });
  });

  it.each([
    [state(90), 10],
    [state(0, 145), 5],
    [state(0, 0, 197), 3],
    [state(0), 20],
  ])("is never more than what remains in any window: %j", (before, units) => {
    expect(lease(before, asking(1, 20), DAY_MS).outcome).toMatchObject({ value: { units } });
  });

  it("ends after ten seconds, and with its minute: what it holds is used in the windows it was counted in", () => {
    expect(endsAtMs({ atMs: DAY_MS })).toBe(DAY_MS + 10_000);
    expect(endsAtMs({ atMs: DAY_MS + 50_000 })).toBe(DAY_MS + MINUTE);
    expect(endsAtMs({ atMs: DAY_MS + 59_999 })).toBe(DAY_MS + MINUTE);
  });
});

describe("a quota that has less left than is needed", () => {
  it.each([
    [state(100), "minute", 100, MINUTE],
    [state(0, 150), "hour", 150, HOUR],
    [state(0, 0, 200), "day", 200, 24 * HOUR],
    // Waiting for the next minute would not help where the hour is used up, too.
    [state(100, 150), "hour", 150, HOUR],
    [state(100, 100, 200), "day", 200, 24 * HOUR],
  ])("is refused with the window that ends last, and when: %j, %s", (before, window, limit, resetsInMs) => {
    const { outcome, state: after } = lease(before, asking(1), DAY_MS + 250);

    const times = { resetsAtMs: DAY_MS + resetsInMs, retryAfterMs: resetsInMs - 250 };
    expect(outcome).toEqual({ ok: false, error: { kind: "quota_exhausted", window, limit, ...times } });
    expect(after.spent).toEqual(before.spent);
  });

  it("still has the rest for who needs no more than that", () => {
    expect(lease(state(97), asking(5), DAY_MS).outcome.ok).toBe(false);
    expect(lease(state(97), asking(3, 20), DAY_MS).outcome).toMatchObject({ value: { units: 3 } });
  });

  it("admits again after exactly as long as it said, and not a millisecond before", () => {
    const { outcome } = lease(state(100), asking(1), DAY_MS + 12_345);
    const retryAfterMs = outcome.ok ? 0 : outcome.error.retryAfterMs;

    expect(lease(state(100), asking(1), DAY_MS + 12_345 + retryAfterMs - 1).outcome.ok).toBe(false);
    expect(lease(state(100), asking(1), DAY_MS + 12_345 + retryAfterMs).outcome.ok).toBe(true);
  });

  it("stays refused when the limit was lowered below what is spent", () => {
    expect(lease(state(300), asking(1), DAY_MS).outcome).toMatchObject({ error: { window: "day" } });
  });
});

describe("the windows", () => {
  it.each([
    [MINUTE - 1, [7, 8, 9]],
    [MINUTE, [0, 8, 9]],
    [HOUR, [0, 0, 9]],
    [24 * HOUR, [0, 0, 0]],
    [400 * 24 * HOUR, [0, 0, 0]],
  ])("begin anew with the minutes, hours and days of UTC: after %i ms", (ms, [minute, hour, day]) => {
    expect(asOf(state(7, 8, 9), DAY_MS + ms).spent).toEqual({ minute, hour, day });
  });

  it("do not begin a second time when the clock steps back", () => {
    const { state: next } = lease(state(100), asking(1), DAY_MS + MINUTE);
    const back = asOf(next, DAY_MS + MINUTE - 5_000);

    expect(back).toEqual(next);
    expect(asOf(back, DAY_MS + MINUTE).spent.minute).toBe(1);
  });
});

describe("what is left of a lease", () => {
  it("comes back with the next request, and counts for it", () => {
    const request = { ...asking(1), unused: { units: 7, atMs: DAY_MS } };

    const { state: after, outcome } = lease(state(100), request, DAY_MS + 9_000);

    expect(outcome.ok).toBe(true);
    expect(after.spent).toEqual({ minute: 94, hour: 94, day: 94 });
  });

  it("comes back even when nothing is granted", () => {
    const { state: after, outcome } = lease(state(99), { ...asking(10), unused: { units: 7, atMs: DAY_MS } }, DAY_MS);

    expect([outcome.ok, after.spent.minute]).toEqual([false, 92]);
  });

  it.each([
    [MINUTE - 1, [3, 3, 3]],
    [MINUTE, [0, 3, 3]],
    [HOUR, [0, 0, 3]],
    [24 * HOUR, [0, 0, 0]],
  ])("comes back to the windows that still last, %i ms later", (ms, [minute, hour, day]) => {
    expect(giveBack(state(10), { units: 7, atMs: DAY_MS }, DAY_MS + ms).spent).toEqual({ minute, hour, day });
  });

  it("is no gift to a window that began since", () => {
    const { state: next } = lease(state(10), asking(5), DAY_MS + MINUTE);

    expect(giveBack(next, { units: 3, atMs: DAY_MS }, DAY_MS + MINUTE).spent).toEqual({ minute: 5, hour: 12, day: 12 });
  });

  it("never makes a window emptier than empty", () => {
    expect(giveBack(state(3), { units: 20, atMs: DAY_MS }, DAY_MS).spent.minute).toBe(0);
  });
});

interface Holder {
  held: Lease & { left: number };
  calls: number;
}

describe("a thousand leases of thirty sessions, with lost answers and a clock that sometimes steps back", () => {
  const random = seeded(20260115);

  it("never admit more than the limit in a window (attack 49)", () => {
    const holders = Array.from({ length: 30 }, (): Holder => ({ held: { units: 0, atMs: 0, left: 0 }, calls: 0 }));
    const used = new Map<number, number>();
    let [current, nowMs, refused] = [UNSPENT, DAY_MS, 0];

    for (let turn = 0; turn < 5_000; turn++) {
      nowMs += random(50) === 0 ? -random(2_000) : random(60);
      const holder = holders[random(30)];
      if (!holder) continue;
      if (holder.held.left === 0 || nowMs >= endsAtMs(holder.held)) {
        const unused = { units: holder.held.left, atMs: holder.held.atMs };
        const settled = lease(current, { ...asking(1, 1 + random(MAX_LEASE)), unused }, nowMs);
        current = settled.state;
        const isLost = random(40) === 0;
        holder.held =
          settled.outcome.ok && !isLost
            ? { ...settled.outcome.value, left: settled.outcome.value.units }
            : { units: 0, atMs: 0, left: 0 };
        if (!settled.outcome.ok) refused += 1;
      }
      if (holder.held.left === 0) continue;
      holder.held.left -= 1;
      // By the count's own time, which never goes back.
      const minute = Math.floor(holder.held.atMs / MINUTE);
      used.set(minute, (used.get(minute) ?? 0) + 1);
    }

    expect(refused).toBeGreaterThan(100);
    expect(Math.max(...used.values())).toBeLessThanOrEqual(LIMITS.minute);
    expect([...used.values()].reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(LIMITS.hour);
  });
});
