// Times and spans in words.

import { describe, expect, it } from "vitest";
import { sayAgo, sayLeft, sayLeftAloud, sayTime, sayTook } from "../../src/parts/moment.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("a span", () => {
  it.each([
    [-5, "0:00"],
    [999, "0:00"],
    [61_000, "1:01"],
    [HOUR - 1_000, "59:59"],
    [HOUR, "1 h 0 min"],
    [50 * HOUR, "2 days"],
  ])("of %i ms that is left is %s", (ms, words) => {
    expect(sayLeft(ms)).toBe(words);
  });

  it.each([
    [20, "under 0.1 s"],
    [1_240, "1.2 s"],
    [42_000, "42 s"],
    [185_000, "3 min 5 s"],
    [2 * HOUR + 60_000, "2 h 1 min"],
  ])("of %i ms that something took is %s", (ms, words) => {
    expect(sayTook(ms)).toBe(words);
  });

  it.each([
    [59_000, "just now"],
    [4 * MINUTE, "4 min ago"],
    [3 * HOUR, "3 h ago"],
    [72 * HOUR, "3 days ago"],
  ])("of %i ms since is %s", (ms, words) => {
    expect(sayAgo(ms)).toBe(words);
  });

  it("is read aloud in whole minutes, and in seconds at the end", () => {
    expect([5 * MINUTE, 57_000, 0].map(sayLeftAloud)).toEqual(["5 minutes", "57 seconds", "0 seconds"]);
  });
});

describe("a time that is none", () => {
  it("is shown as it was sent", () => {
    expect(sayTime("soon", 0)).toBe("soon");
  });
});
