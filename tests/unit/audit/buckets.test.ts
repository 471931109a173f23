// How a time is cut into the bars of a chart.

import { describe, expect, it } from "vitest";
import { bucketsOf, MAX_BUCKETS } from "../../../src/audit/buckets.ts";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 29, 12);

describe("the buckets of a time", () => {
  it.each([
    ["a millisecond", 1, 1, 1],
    ["a quarter of an hour", 15 * 60_000, 10, 90],
    ["an hour", 3_600_000, 30, 120],
    ["a day", DAY_MS, 900, 96],
    ["a week", 7 * DAY_MS, 7_200, 84],
    ["ninety days", 90 * DAY_MS, 86_400, 91],
    ["four hundred days", 400 * DAY_MS, 345_600, 101],
  ])("of %s are whole units", (_, spanMs, bucketS, count) => {
    const buckets = bucketsOf(NOON_MS - spanMs, NOON_MS);

    expect(buckets.bucketS).toBe(bucketS);
    expect(buckets.startsMs).toHaveLength(count);
  });

  it.each([1, 999, 1_001, 59_999, 3_600_001, 86_399_999, 123_456_789, 4_000_000_000, 400 * DAY_MS])(
    "hold all of it, aligned and not too many, wherever it begins (%i ms)",
    (spanMs) => {
      for (const fromMs of [0, 1, 1_764_000_000_123, NOON_MS]) {
        const { bucketS, startsMs } = bucketsOf(fromMs, fromMs + spanMs);

        expect(startsMs.length).toBeLessThanOrEqual(MAX_BUCKETS);
        expect(startsMs[0]).toBeLessThanOrEqual(fromMs);
        expect((startsMs.at(-1) ?? 0) + bucketS * 1_000).toBeGreaterThanOrEqual(fromMs + spanMs);
        expect(startsMs.every((atMs, at) => atMs === (startsMs[0] ?? 0) + at * bucketS * 1_000)).toBe(true);
        expect((startsMs[0] ?? 1) % (bucketS * 1_000)).toBe(0);
      }
    },
  );
});
