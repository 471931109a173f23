// Numbers by their buckets: which bucket a moment lies in, and what is stacked on what.

import { describe, expect, it } from "vitest";
import { bucketOf, indexAt, stacked, widened } from "../../src/chart/figures.ts";
import type { ChartSeries, Figures } from "../../src/chart/figures.ts";

const series = (key: string, values: readonly (number | null)[]): ChartSeries => ({
  key,
  title: key,
  tone: "ok",
  values,
  overall: "",
});
const FIGURES: Figures = { atMs: [1_000, 2_000, 3_000], bucketMs: 1_000, series: [] };
const NONE: Figures = { atMs: [], bucketMs: 1_000, series: [] };

describe("a bucket", () => {
  it.each([
    [999, undefined],
    [1_000, 0],
    [1_999, 0],
    [2_000, 1],
    [3_999, 2],
    [4_000, undefined],
  ])("holds its beginning, and not its end: %i", (moment, index) => {
    expect(indexAt(FIGURES, moment)).toBe(index);
  });

  it("spans as long as all others", () => {
    expect(bucketOf(FIGURES, 2)).toEqual({ fromMs: 3_000, toMs: 4_000 });
  });

  it("is in nothing where there is none", () => {
    expect(indexAt(NONE, 1_000)).toBeUndefined();
    expect(widened(NONE, { fromMs: 0, toMs: 9_000 })).toBeUndefined();
  });
});

describe("what somebody drags over", () => {
  it.each([
    [1_400, 1_600, { fromMs: 1_000, toMs: 2_000 }],
    [1_999, 2_001, { fromMs: 1_000, toMs: 3_000 }],
    [2_000, 3_000, { fromMs: 2_000, toMs: 3_000 }],
    [-5_000, 90_000, { fromMs: 1_000, toMs: 4_000 }],
    [8_000, 9_000, undefined],
  ])("is made whole buckets, of those that there are: %i to %i", (fromMs, toMs, expected) => {
    expect(widened(FIGURES, { fromMs, toMs })).toEqual(expected);
  });
});

describe("series", () => {
  it("are stacked on one another, and nothing counts as nothing", () => {
    expect(stacked([series("a", [1, 0, null]), series("b", [2, 3, 4]), series("c", [0, 1, 0])])).toEqual([
      [1, 0, 0],
      [3, 3, 4],
      [3, 4, 4],
    ]);
  });
});
