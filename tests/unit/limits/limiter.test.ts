import { describe, expect, it } from "vitest";
import { Limiter } from "../../../src/limits/limiter.ts";
import { allowance, Rate } from "../../../src/limits/rate.ts";
import { START_MS } from "../../support/clock.ts";
import { seeded } from "../../support/seeded.ts";

const retryOf = (taken: ReturnType<Limiter["take"]>) => (taken.ok ? 0 : taken.error.retryAfterMs);

describe("a limiter", () => {
  it("admits the whole limit at once, and then one every window ÷ limit", () => {
    const limiter = new Limiter();
    const take = (nowMs: number) => limiter.take("k", "20/minute", nowMs).ok;

    expect(Array.from({ length: 21 }, () => take(START_MS))).toEqual([...Array(20).fill(true), false]);
    expect([take(START_MS + 2_999), take(START_MS + 3_000), take(START_MS + 3_000)]).toEqual([false, true, false]);
  });

  it("says in a refusal what was limited, how, and for how long", () => {
    const limiter = new Limiter();
    limiter.take("tool", "1/minute", START_MS);

    expect(limiter.take("tool", "1/minute", START_MS + 1)).toEqual({
      ok: false,
      error: { kind: "rate_limited", key: "tool", rate: "1/minute", retryAfterMs: 59_999 },
    });
  });

  it("keeps keys apart", () => {
    const limiter = new Limiter();
    limiter.take("a", "1/hour", START_MS);

    expect([limiter.take("a", "1/hour", START_MS).ok, limiter.take("b", "1/hour", START_MS).ok]).toEqual([false, true]);
  });

  it("says how many calls are left, and means it", () => {
    const limiter = new Limiter();
    const left = (nowMs: number) => limiter.left("k", "20/minute", nowMs);
    for (let count = 0; count < 5; count++) limiter.take("k", "20/minute", START_MS);

    expect([left(START_MS), left(START_MS + 2_999), left(START_MS + 3_000), left(START_MS + 60_000)]).toEqual([
      15, 15, 16, 20,
    ]);
    for (let count = left(START_MS); count > 0; count--) expect(limiter.take("k", "20/minute", START_MS).ok).toBe(true);
    expect([left(START_MS), limiter.take("k", "20/minute", START_MS).ok]).toEqual([0, false]);
    expect(limiter.left("another", "20/minute", START_MS)).toBe(20);
  });

  it("does not charge for a refusal", () => {
    const limiter = new Limiter();
    for (let count = 0; count < 50; count++) limiter.take("k", "2/second", START_MS);

    expect(limiter.take("k", "2/second", START_MS + 500).ok).toBe(true);
  });

  it("keeps to a limit that was raised or lowered from the next call on", () => {
    const limiter = new Limiter();
    limiter.take("k", "1/hour", START_MS);

    expect(retryOf(limiter.take("k", "60/minute", START_MS))).toBeLessThanOrEqual(1_000);
    expect(limiter.take("k", "60/minute", START_MS + 1_000).ok).toBe(true);
  });
});

describe("a wait that the limiter names", () => {
  const random = seeded(20260115);
  const cases = Array.from({ length: 400 }, () => {
    const unit = ["second", "minute", "hour"][random(3)];
    const limit = 1 + random([10, 100, 1_500][random(3)] ?? 1);
    return { rate: Rate.parse(`${limit}/${unit}`), startMs: START_MS + random(1_000_000) };
  });

  /** Calls at any rhythm, about twice as often as allowed, and waits whenever told to. Answers what was not true. */
  function untruths(rate: Rate, startMs: number): { readonly waits: number; readonly untrue: readonly string[] } {
    const limiter = new Limiter();
    const { limit, windowMs } = allowance(rate);
    const untrue: string[] = [];
    let waits = 0;
    let nowMs = startMs;
    for (let call = 0; call < limit * 2 + 5; call++) {
      const waitMs = retryOf(limiter.take("k", rate, nowMs));
      if (waitMs === 0) nowMs += random(Math.ceil(windowMs / limit / 2) + 1);
      if (waitMs > 1 && limiter.take("k", rate, nowMs + waitMs - 1).ok)
        untrue.push(`${rate}: ${waitMs} ms is too long`);
      if (waitMs > 0 && !limiter.take("k", rate, nowMs + waitMs).ok) untrue.push(`${rate}: ${waitMs} ms is too short`);
      if (waitMs > 0) waits += 1;
      nowMs += waitMs;
    }
    return { waits, untrue };
  }

  it("is exactly long enough, and one millisecond less is not, for four hundred rates and any rhythm of calls", () => {
    const told = cases.map(({ rate, startMs }) => untruths(rate, startMs));

    expect(told.flatMap(({ untrue }) => untrue)).toEqual([]);
    expect(told.reduce((sum, { waits }) => sum + waits, 0)).toBeGreaterThan(10_000);
  });

  it("never makes the pace quicker than the rate: what does not divide evenly is rounded up", () => {
    for (const { rate } of cases) {
      const limiter = new Limiter();
      const { limit, windowMs } = allowance(rate);
      limiter.take("k", rate, START_MS);

      const stepUs = (limiter.snapshot(START_MS).k ?? 0) - START_MS * 1_000;

      expect(stepUs * limit, rate).toBeGreaterThanOrEqual(windowMs * 1_000);
    }
  });

  it("lets nobody through more often than the limit at once and the pace after it", () => {
    for (const { rate, startMs } of cases.slice(0, 100)) {
      const limiter = new Limiter();
      const { limit, windowMs } = allowance(rate);
      const tries = Array.from({ length: 3_000 }, (_, index) => startMs + Math.floor((index * windowMs) / 3_000));

      const admitted = tries.filter((nowMs) => limiter.take("k", rate, nowMs).ok).length;

      expect(admitted, rate).toBeLessThanOrEqual(2 * limit);
      expect(admitted, rate).toBeGreaterThanOrEqual(limit);
    }
  });
});

describe("a clock that steps back", () => {
  it("makes nobody wait longer than the limiter says", () => {
    const limiter = new Limiter();
    limiter.take("k", "1/second", START_MS);
    const earlierMs = START_MS - 3_600_000;

    const retryAfterMs = retryOf(limiter.take("k", "1/second", earlierMs));

    expect(retryAfterMs).toBeLessThanOrEqual(1_000);
    expect(limiter.take("k", "1/second", earlierMs + retryAfterMs).ok).toBe(true);
  });

  it("gives nobody a second burst (attack 48)", () => {
    const limiter = new Limiter();
    for (let count = 0; count < 20; count++) limiter.take("k", "20/minute", START_MS);

    expect(limiter.take("k", "20/minute", START_MS - 60_000).ok).toBe(false);
  });
});

describe("a snapshot", () => {
  it("carries a limit through a sleep (attack 50)", () => {
    const before = new Limiter();
    before.take("slow", "1/hour", START_MS);

    const after = new Limiter(before.snapshot(START_MS + 10_000));

    expect(retryOf(after.take("slow", "1/hour", START_MS + 10_000))).toBe(3_590_000);
  });

  it("leaves out what is empty again: it must stay small", () => {
    const limiter = new Limiter();
    limiter.take("quick", "10/second", START_MS);
    limiter.take("slow", "1/hour", START_MS);

    expect(Object.keys(limiter.snapshot(START_MS + 100))).toEqual(["slow"]);
  });
});
