// Calls seen and stopped from outside: what may be stopped is, and what has begun is not.

import { describe, expect, it } from "vitest";
import { ok } from "../../../src/result.ts";
import { callTool } from "../../../src/tool/call.ts";
import { CallsUnderWay } from "../../../src/tool/calls-under-way.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import { KEY_ID } from "../../support/people.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Sample } from "../../support/sample-tools.ts";

/** A call that runs until the test lets it end, or somebody stops it. */
async function running(sample: Sample = {}) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<AbortSignal>();
  const { promise: done, resolve: end } = Promise.withResolvers<undefined>();
  const tool = sampleTool({
    ...sample,
    run: async ({ signal }) => {
      reach(signal);
      await done;
      return ok({ done: true });
    },
  });
  const { session, clock, records } = world({ tools: [tool] });
  const calls = new CallsUnderWay(clock.now);
  const caller = new AbortController();
  const outcome = callTool({ name: tool.name, args: {}, signal: caller.signal }, { ...session, calls });
  const signal = await reached;
  return { calls, caller, outcome, signal, records, end: () => end(undefined) };
}

describe("a call under way", () => {
  it("is listed with its tool until it has ended", async () => {
    const { calls, outcome, end, records } = await running();

    expect(calls.list()).toEqual([
      { callId: expect.any(String), tool: "sample.look", effect: "read", sinceMs: START_MS, mayCancel: true },
    ]);
    const [call] = calls.list();
    end();
    await outcome;
    expect(calls.list()).toEqual([]);
    expect(records()[0]).toMatchObject({ call_id: call?.callId });
  });

  it("that reads is stopped as its caller would, and recorded as cancelled", async () => {
    const { calls, outcome, signal, records } = await running();

    const said = calls.cancel(calls.list()[0]?.callId ?? "");

    expect([said, signal.aborted]).toEqual(["cancelled", true]);
    expect(await outcome).toEqual({ ok: false, error: { kind: "cancelled" } });
    expect(records()).toMatchObject([{ outcome: "cancelled" }]);
  });

  it.each(["write", "destroy"] as const)("with the effect %s is not torn once it has begun", async (effect) => {
    const { calls, outcome, signal, end } = await running({ effect });

    const [call] = calls.list();
    expect(call?.mayCancel).toBe(false);
    expect(calls.cancel(call?.callId ?? "")).toBe("begun");
    calls.cancelOf(KEY_ID);
    expect(signal.aborted).toBe(false);
    end();
    expect(await outcome).toMatchObject({ ok: true });
  });

  it("is still its caller's to cancel", async () => {
    const { caller, outcome, calls } = await running();

    caller.abort();

    expect(await outcome).toMatchObject({ error: { kind: "cancelled" } });
    expect(calls.list()).toEqual([]);
  });

  it("stops with the key on which it is made, and with no other", async () => {
    const { calls, signal, outcome } = await running();

    calls.cancelOf("another");
    expect(signal.aborted).toBe(false);
    calls.cancelOf(KEY_ID);

    expect(signal.aborted).toBe(true);
    await outcome;
  });

  it("that is none cannot be stopped", () => {
    expect(new CallsUnderWay(fixedClock().now).cancel("none")).toBe("ended");
  });
});

it("an effect that has not begun is stopped, and never begins", async () => {
  let runs = 0;
  const tool = sampleTool({
    effect: "write",
    run: () => {
      runs += 1;
      return Promise.resolve(ok({ done: true }));
    },
  });
  const { session, clock } = world({ tools: [tool] });
  const calls = new CallsUnderWay(clock.now);
  const standing: typeof session.standing = (nowMs) => {
    // While it is asked who the caller is, somebody stops what the caller wants.
    expect(calls.cancel(calls.list()[0]?.callId ?? "")).toBe("cancelled");
    return session.standing(nowMs);
  };
  const signal = new AbortController().signal;

  const outcome = await callTool({ name: tool.name, args: {}, signal }, { ...session, standing, calls });

  expect(outcome).toMatchObject({ error: { kind: "cancelled" } });
  expect(runs).toBe(0);
});

it("a minute of calls is counted, and what is older is forgotten", () => {
  const clock = fixedClock();
  const calls = new CallsUnderWay(clock.now);
  const { signal } = new AbortController();
  const call = (id: string) => {
    calls.enter({ id, signal, keyId: undefined });
    calls.leave(id);
  };

  for (let index = 0; index < 5; index++) call(`a${index}`);
  clock.advance(30_000);
  call("b");

  expect(calls.perMinute()).toBe(6);
  clock.advance(30_000);
  expect(calls.perMinute()).toBe(1);
  clock.advance(30_000);
  expect(calls.perMinute()).toBe(0);
});
