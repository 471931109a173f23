// One series over time: its points on the grid of steps, and what can be said about them in a line.
import { parseValue, shownValue } from "./numbers.ts";

import type { SampleValue, Series } from "../contract/index.ts";
import type { Point } from "./api-answer.ts";

export interface Line {
  /** One a step; null where there is none. */
  readonly points: readonly (SampleValue | null)[];
  readonly stats: Series["stats"];
  readonly highest: number;
}

interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepS: number;
}

export function lineOf(values: readonly Point[], { startMs, endMs, stepS }: Grid): Line {
  const steps = Math.floor((endMs - startMs) / 1000 / stepS) + 1;
  const points = new Array<SampleValue | null>(steps).fill(null);
  const numbers: number[] = [];
  for (const [ts, text] of values) {
    const number = parseValue(text);
    const at = Math.round((ts - startMs / 1000) / stepS);
    if (at >= 0 && at < steps) points[at] = shownValue(number);
    numbers.push(number);
  }
  const finite = numbers.filter(Number.isFinite).toSorted((a, b) => a - b);
  const stats = {
    first: shownValue(numbers[0] ?? Number.NaN),
    last: shownValue(numbers.at(-1) ?? Number.NaN),
    min: shownValue(finite[0] ?? Number.NaN),
    max: shownValue(finite.at(-1) ?? Number.NaN),
    avg: shownValue(finite.reduce((sum, number) => sum + number / finite.length, finite.length === 0 ? Number.NaN : 0)),
    p95: shownValue(finite[Math.ceil(finite.length * 0.95) - 1] ?? Number.NaN),
    n: numbers.length,
    gaps: Math.max(0, steps - numbers.length),
  };
  return { points, stats, highest: finite.at(-1) ?? Number.NaN };
}
