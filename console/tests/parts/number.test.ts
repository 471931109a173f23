// Numbers as they stand on the page.

import { describe, expect, it } from "vitest";
import { countOf, sayBytes, sayShare, saySpan } from "../../src/parts/number.ts";

describe("a share", () => {
  it.each([
    [0, 10, "0%"],
    [1, 0, "0%"],
    [1, 10_000, "<0.1%"],
    [1, 1_000, "0.1%"],
    [16, 1_000, "1.6%"],
    [1, 20, "5%"],
    [1, 3, "33%"],
    [10, 10, "100%"],
  ])("of %i in %i is %s", (part, whole, words) => {
    expect(sayShare(part, whole)).toBe(words);
  });
});

describe("how long a call took", () => {
  it.each([
    [0, "0 ms"],
    [83.6, "84 ms"],
    [999, "999 ms"],
    [1_240, "1.24 s"],
    [12_400, "12.4 s"],
    [185_000, "3 min 5 s"],
  ])("%f is %s", (ms, words) => {
    expect(saySpan(ms)).toBe(words);
  });

  it.each([999.6, 9_996, 59_960])("never looks like another unit at its edge: %f", (ms) => {
    expect(saySpan(ms)).not.toMatch(/^(1000 ms|10\.00 s|60\.0 s)$/);
  });
});

describe("a size", () => {
  it.each([
    [812, "812 B"],
    [1_434, "1.4 KiB"],
    [2_097_152, "2.0 MiB"],
  ])("%i is %s", (bytes, words) => {
    expect(sayBytes(bytes)).toBe(words);
  });
});

describe("a count", () => {
  it("is of one or of several", () => {
    expect([countOf(1, "row"), countOf(0, "row"), countOf(3, "entry", "entries")]).toEqual([
      "1 row",
      "0 rows",
      "3 entries",
    ]);
  });
});
