// How long a page waits before it connects again.

import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/live/backoff.ts";

describe("the wait", () => {
  it("doubles, up to half a minute", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100].map((failures) => backoffMs(failures, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it("is between half and all of that, as chance has it", () => {
    expect(backoffMs(3, 0)).toBe(4_000);
    expect(backoffMs(3, 0.5)).toBe(6_000);
  });
});
