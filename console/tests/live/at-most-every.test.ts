// What is asked for often is done now and then, and the last asking is never lost.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { atMostEvery } from "../../src/live/at-most-every.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("at most every second", () => {
  it("is done at once, and once more for all that came meanwhile", () => {
    let done = 0;
    const { ask } = atMostEvery(1_000, () => {
      done++;
    });

    ask();
    ask();
    ask();
    expect(done).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(done).toBe(2);
    vi.advanceTimersByTime(5_000);
    expect(done).toBe(2);
    ask();
    expect(done).toBe(3);
  });

  it("is not done any more once it was stopped", () => {
    let done = 0;
    const paced = atMostEvery(1_000, () => {
      done++;
    });

    paced.ask();
    paced.ask();
    paced.stop();
    vi.advanceTimersByTime(5_000);

    expect(done).toBe(1);
  });
});
