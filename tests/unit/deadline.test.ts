import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withDeadline } from "../../src/deadline.ts";
import { gate } from "../support/gate.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("work with a deadline", () => {
  it("that ends in time is answered, and leaves neither timer nor listener", async () => {
    const caller = new AbortController();
    const removed = vi.spyOn(caller.signal, "removeEventListener");

    expect(await withDeadline(1_000, caller.signal, () => Promise.resolve(7))).toEqual({ ok: true, value: 7 });

    expect([vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 1]);
  });

  it("that takes too long is told so, and left behind", async () => {
    const slow = gate<number>();
    const signals: AbortSignal[] = [];
    const ended = withDeadline(1_000, undefined, (signal) => (signals.push(signal), slow.opened));

    await vi.advanceTimersByTimeAsync(1_000);

    expect(await ended).toEqual({ ok: false, error: { kind: "timed_out" } });
    expect(signals[0]?.aborted).toBe(true);
    slow.fail(new Error("too late to matter"));
  });

  it("that nobody wants any more is told so", async () => {
    const caller = new AbortController();
    const signals: AbortSignal[] = [];
    const ended = withDeadline(1_000, caller.signal, (signal) => (signals.push(signal), gate().opened));

    caller.abort();

    expect(await ended).toEqual({ ok: false, error: { kind: "cancelled" } });
    expect([signals[0]?.aborted, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("that was unwanted from the start is not waited for", async () => {
    const ended = await withDeadline(1_000, AbortSignal.abort(), () => gate().opened);

    expect(ended).toEqual({ ok: false, error: { kind: "cancelled" } });
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("bug"))],
    [
      "throws",
      () => {
        throw new Error("bug");
      },
    ],
  ])("that %s passes its error on, and leaves no timer", async (_how, work) => {
    await expect(withDeadline(1_000, undefined, work)).rejects.toThrow("bug");

    expect(vi.getTimerCount()).toBe(0);
  });
});
