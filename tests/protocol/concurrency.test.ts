// Many requests on one connection: eight run, sixty-four wait in line, the rest is refused; any of them can be cancelled.

import { describe, expect, it } from "vitest";
import { LONGEST_CALL_MS } from "../../src/jsonrpc/answer.ts";
import { MAX_RUNNING, MAX_WAITING } from "../../src/jsonrpc/in-flight.ts";
import { ok } from "../../src/result.ts";
import { tools } from "../../src/tools/index.ts";
import { gate, settled } from "../support/gate.ts";
import { sampleTool } from "../support/sample-tools.ts";
import { world } from "../support/world.ts";
import type { Gate } from "../support/gate.ts";

/** A session whose one tool ends when the test says so, call by call. */
function slowWorld(effect: "read" | "write" = "read") {
  const gates: Gate<unknown>[] = [];
  const aborted: boolean[] = [];
  const tool = sampleTool({
    name: "sample.wait",
    effect,
    rate: "1000000/second",
    run: async ({ signal }) => {
      const mine = gate<unknown>();
      const index = gates.push(mine) - 1;
      aborted[index] = signal.aborted;
      signal.addEventListener("abort", () => (aborted[index] = true));
      return ok({ done: await mine.opened });
    },
  });
  const made = world({ alsoTools: [tool] });
  return {
    ...made,
    started: () => gates.length,
    aborted,
    finish: (index: number, value: unknown = index) => gates[index]?.open(value),
    wait: (id: string | number) => made.call("sample.wait", {}, id),
  };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("running at the same time", () => {
  it("is what 8 requests may, and the ninth starts when one of them ends", async () => {
    const { wait, started, finish } = slowWorld();
    const replies = range(9).map(wait);
    await settled();
    expect(started()).toBe(8);

    finish(3);
    await settled();

    expect(started()).toBe(9);
    range(9).forEach((index) => finish(index));
    await expect(Promise.all(replies)).resolves.toHaveLength(9);
  });

  it("answers in the order of their ends, each under its own id", async () => {
    const { wait, finish } = slowWorld();
    const order: unknown[] = [];
    const replies = ["a", "b", "c"].map(async (id) => order.push(await wait(id)));
    await settled();

    for (const index of [2, 0, 1]) {
      finish(index);
      await settled();
    }
    await Promise.all(replies);

    expect(order).toMatchObject([
      { id: "c", result: { done: 2 } },
      { id: "a", result: { done: 0 } },
      { id: "b", result: { done: 1 } },
    ]);
  });

  it("starts those that wait in the order of their arrival", async () => {
    const { wait, started, finish, inFlight } = slowWorld();
    const replies = range(12).map((id) => wait(id));
    await settled();

    // Whoever starts ninth is the ninth to come: its place in line is its id.
    for (const index of range(12)) {
      finish(index, `started as number ${index}`);
      await settled();
    }

    const answers = await Promise.all(replies);
    expect(answers).toMatchObject(range(12).map((id) => ({ id, result: { done: `started as number ${id}` } })));
    expect([started(), inFlight.size]).toEqual([12, 0]);
  });

  it("holds for the entries of a batch as well", async () => {
    const { send, started, finish } = slowWorld();
    const batch = send(range(50).map((id) => ({ jsonrpc: "2.0", id, method: "sample.wait" })));
    await settled();
    expect(started()).toBe(8);

    for (const index of range(50)) {
      finish(index);
      await settled();
    }

    expect(await batch).toHaveLength(50);
  });
});

describe("a request too many", () => {
  it("is the one after 8 that run and 64 that wait", () => {
    expect([MAX_RUNNING, MAX_WAITING]).toEqual([8, 64]);
  });

  it("is refused with its own id, the scope, and a wait after which there is room", async () => {
    const { wait, started } = slowWorld();
    range(72).forEach((id) => void wait(id));

    const refused = await wait("late");

    expect(refused).toMatchObject({
      id: "late",
      error: { code: 42900, data: { reason: "rate_limited", scope: "concurrency", retryAfterMs: LONGEST_CALL_MS } },
    });
    await settled();
    expect(started()).toBe(8);
  });

  it("is written down", async () => {
    const { wait, records } = slowWorld();
    range(72).forEach((id) => void wait(id));

    await wait("late");

    expect(records()).toMatchObject([
      { reason: "rate_limited", decision: "refused", params: { method: "sample.wait" } },
    ]);
  });

  it("is let in again once one has ended", async () => {
    const { wait, finish, started } = slowWorld();
    range(72).forEach((id) => void wait(id));
    await settled();
    finish(0);
    await settled();

    void wait("late");
    await settled();

    expect(await wait("later still")).toMatchObject({ error: { data: { scope: "concurrency" } } });
    expect(started()).toBe(9);
  });

  it("is never one whose deadline is longer than the wait that was promised", () => {
    // Who waits for a person keeps one place of its session's eight, and is no reason for the others to wait.
    for (const { name, timeoutMs } of tools.filter((tool) => !tool.waitsForPeople))
      expect(timeoutMs, name).toBeLessThan(LONGEST_CALL_MS);
  });
});

describe("an id that is still running", () => {
  it("is refused, and the first request goes on (attack 27)", async () => {
    const { wait, finish, started } = slowWorld();
    const first = wait("same");
    await settled();

    const second = await wait("same");
    finish(0, "first");

    expect(second).toMatchObject({ id: "same", error: { code: 40901, data: { reason: "duplicate_request_id" } } });
    expect(await first).toMatchObject({ id: "same", result: { done: "first" } });
    expect(started()).toBe(1);
  });

  it("is refused while it still waits for its turn", async () => {
    const { wait } = slowWorld();
    range(9).forEach((id) => void wait(id));

    expect(await wait(8)).toMatchObject({ id: 8, error: { code: 40901 } });
  });

  it("is refused to mcp.cancel as well: two answers under one id cannot be told apart", async () => {
    const { wait, call, finish } = slowWorld();
    const first = wait(5);
    await settled();

    expect(await call("mcp.cancel", { id: 5 }, 5)).toMatchObject({ id: 5, error: { code: 40901 } });

    finish(0);
    expect(await first).toMatchObject({ id: 5, result: {} });
  });

  it("may be used again after its answer", async () => {
    const { wait, finish } = slowWorld();
    const first = wait(1);
    await settled();
    finish(0);
    await first;

    const second = wait(1);
    await settled();
    finish(1);

    expect(await second).toMatchObject({ id: 1, result: { done: 1 } });
  });
});

describe("mcp.cancel", () => {
  it("ends a call that reads, at once and even when every place is taken", async () => {
    const { wait, call, aborted, records } = slowWorld();
    const replies = range(8).map(wait);
    await settled();

    expect(await call("mcp.cancel", { id: 3 }, "c")).toEqual({ jsonrpc: "2.0", id: "c", result: { cancelled: true } });

    expect(await replies[3]).toMatchObject({ id: 3, error: { code: 49900, data: { reason: "cancelled" } } });
    expect(aborted).toEqual(range(8).map((index) => index === 3));
    expect(records()).toMatchObject([
      { tool: "sample.wait", outcome: "cancelled", reason: "cancelled", decision: "allowed" },
    ]);
  });

  it("keeps a call that waits from ever reaching its tool", async () => {
    const { wait, call, started, finish } = slowWorld();
    const replies = range(9).map(wait);
    await settled();

    await call("mcp.cancel", { id: 8 }, "c");
    finish(0);

    expect(await replies[8]).toMatchObject({ id: 8, error: { code: 49900 } });
    expect(started()).toBe(8);
  });

  it("does not tear an effect that has begun", async () => {
    const { wait, call, aborted, finish } = slowWorld("write");
    const reply = wait(1);
    await settled();

    await call("mcp.cancel", { id: 1 }, "c");
    await settled();
    finish(0);

    expect(await reply).toMatchObject({ id: 1, result: { done: 0 } });
    expect(aborted).toEqual([false]);
  });

  it("says so when there was nothing to cancel", async () => {
    const { call } = slowWorld();

    expect(await call("mcp.cancel", { id: "gone" })).toMatchObject({ result: { cancelled: false } });
  });

  it('tells the number 1 from the string "1"', async () => {
    const { wait, call } = slowWorld();
    void wait(1);
    await settled();

    expect(await call("mcp.cancel", { id: "1" }, "c")).toMatchObject({ result: { cancelled: false } });
  });

  it.each([{}, { id: null }, { id: 1.5 }, { id: {} }, { id: 1, force: true }, { ids: [1] }])(
    "takes an id and nothing else: %j",
    async (params) => {
      const { call, records } = slowWorld();

      expect(await call("mcp.cancel", params)).toMatchObject({ error: { code: -32602 } });
      expect(records()).toMatchObject([{ reason: "invalid_params", params: { method: "mcp.cancel" } }]);
    },
  );

  it("works as a notification, which is not answered", async () => {
    const { wait, send } = slowWorld();
    const reply = wait(1);
    await settled();

    expect(await send({ jsonrpc: "2.0", method: "mcp.cancel", params: { id: 1 } })).toBeUndefined();

    expect(await reply).toMatchObject({ id: 1, error: { code: 49900 } });
  });
});

describe("a connection that goes away", () => {
  it("cancels all that read and lets every effect end", async () => {
    const reading = slowWorld();
    const acting = slowWorld("write");
    const replies = [reading.wait(1), acting.wait(1)];
    await settled();

    reading.inFlight.cancelAll();
    acting.inFlight.cancelAll();
    acting.finish(0);

    expect(await Promise.all(replies)).toMatchObject([{ error: { code: 49900 } }, { result: { done: 0 } }]);
  });
});
