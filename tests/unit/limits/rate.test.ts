import { describe, expect, it } from "vitest";
import { allowance, Rate } from "../../../src/limits/rate.ts";

describe("a rate", () => {
  it.each([
    ["1/second", { limit: 1, windowMs: 1_000 }],
    ["20/minute", { limit: 20, windowMs: 60_000 }],
    ["9999999/hour", { limit: 9_999_999, windowMs: 3_600_000 }],
  ])("reads as people write it: %s", (text, expected) => {
    expect(allowance(Rate.parse(text))).toEqual(expected);
  });

  it.each([
    "",
    "0/minute",
    "-1/minute",
    "1.5/minute",
    "01/minute",
    "1e3/minute",
    "10000000/hour",
    "20/day",
    "20/",
    "20 / minute",
    "20/minute ",
    "20/minutes",
    "NaN/minute",
  ])("is refused when it is anything else: %j", (text) => {
    expect(Rate.safeParse(text).success).toBe(false);
  });
});
