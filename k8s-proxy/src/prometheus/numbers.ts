// Numbers as an answer shows them: five significant digits, and words for what JSON has no number for.
import type { SampleValue } from "../contract/index.ts";

const DIGITS = 5;
/** A whole number between these may well be a moment (2001 to 2100), of which five digits would be a day. */
const FIRST_MOMENT_S = 978_307_200;
const LAST_MOMENT_S = 4_102_444_800;

/** Prometheus writes numbers as text: `1.5e-07`, `NaN`, `+Inf`. */
export function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}

export function shownValue(value: number): SampleValue {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return rounded(value);
}

export function rounded(value: number): number {
  if (Number.isInteger(value) && value >= FIRST_MOMENT_S && value <= LAST_MOMENT_S) return value;
  return Number(value.toPrecision(DIGITS));
}

/** Largest first, and what is no number last. */
export function descending(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  if (one === other) return 0;
  return one > other ? -1 : 1;
}
