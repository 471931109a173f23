// One call through the whole pipeline: the order of its steps, its deadline, and the wall around its answer.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_BACKLOG } from "../../../src/audit/journal.ts";
import { err, ok } from "../../../src/result.ts";
import { callTool } from "../../../src/tool/call.ts";
import { settled } from "../../support/gate.ts";
import { plainRow } from "../../support/journal-rows.ts";
import { keyRecord } from "../../support/people.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { KeyDirectory } from "../../../src/ports/key-directory.ts";
import type { ToolCall } from "../../../src/tool/session.ts";

const signal = new AbortController().signal;
const callOf = (name: string, args: unknown = {}): ToolCall => ({ name, args, signal });
const DOWN = { kind: "upstream_unavailable", upstream: "postgres", message: "down" } as const;
const unreachable: KeyDirectory = { find: () => Promise.resolve(err(DOWN)) };

describe("the order of the checks", () => {
  it("asks for permission before it counts: a denied call uses up no limit", async () => {
    const gated = sampleTool({ requires: "logs:read", rate: "1/hour" });
    const denied = world({ tools: [gated], roles: ["agent"] });

    for (let count = 0; count < 5; count++) await callTool(callOf("sample.look"), denied.session);

    expect(denied.session.limiter.snapshot(0)).toEqual({});
  });

  it("counts before it reads arguments: guessing them is limited, too", async () => {
    const { session } = world({ tools: [sampleTool({ rate: "1/hour" })] });

    const first = await callTool(callOf("sample.look", { wrong: 1 }), session);
    const second = await callTool(callOf("sample.look", { wrong: 1 }), session);

    expect([first, second]).toMatchObject([{ error: { kind: "invalid_params" } }, { error: { kind: "rate_limited" } }]);
  });

  it("tells whoever may not call a tool nothing about its arguments", async () => {
    const { session } = world({ tools: [sampleTool({ requires: "keys:admin" })] });

    const outcome = await callTool(callOf("sample.look", { wrong: 1 }), session);

    expect(outcome).toEqual(err({ kind: "permission_denied", permission: "keys:admin" }));
  });

  it("checks the parsed target, and asks the cluster nothing when the role does not reach it", async () => {
    const { session, asked } = world({ roles: ["shop-observer"] });

    const outcome = await callTool(callOf("k8s.list_pods", { namespace: "platform" }), session);

    expect(outcome).toMatchObject({
      error: { kind: "out_of_scope", target: { cluster: "prod", namespace: "platform" } },
    });
    expect(asked).toEqual([]);
  });

  it("does not begin what was cancelled before its turn", async () => {
    let ran = 0;
    const { session } = world({ tools: [sampleTool({ run: () => Promise.resolve(ok({ done: (ran += 1) })) })] });

    const outcome = await callTool({ ...callOf("sample.look"), signal: AbortSignal.abort() }, session);

    expect([outcome, ran]).toEqual([err({ kind: "cancelled" }), 0]);
  });
});

describe("who is asking", () => {
  it("is looked up again, so that a role taken away stops the next call within half a minute", async () => {
    const { session, keys, clock } = world();
    const list = () => callTool(callOf("k8s.list_pods", { namespace: "shop" }), session);
    expect(await list()).toMatchObject({ ok: true });

    keys.put(keyRecord({ roles: [] }));
    clock.advance(30_000);

    expect(await list()).toEqual(err({ kind: "permission_denied", permission: "k8s:read" }));
  });

  it("may read on for a while when that cannot be checked, but not act", async () => {
    const acting = sampleTool({ name: "sample.act", effect: "write" });
    const { session, clock, records } = world({ tools: [sampleTool(), acting], keys: unreachable });
    clock.advance(60_000);

    const [read, act] = [await callTool(callOf("sample.look"), session), await callTool(callOf("sample.act"), session)];

    expect([read.ok, act]).toMatchObject([true, { error: { kind: "upstream_unavailable", upstream: "postgres" } }]);
    expect(records()).toMatchObject([{ outcome: "ok" }, { tool: "sample.act", phase: "outcome", outcome: "failed" }]);
  });
});

describe("the backlog of the journal", () => {
  it.each([
    [MAX_BACKLOG.effect.rows - 1, "write", true],
    [MAX_BACKLOG.effect.rows, "write", false],
    [MAX_BACKLOG.effect.rows, "read", true],
  ] as const)("of %i rows lets a %s begin: %s", async (rows, effect, isAdmitted) => {
    let ran = 0;
    const tool = sampleTool({ effect, run: () => Promise.resolve(ok({ done: (ran += 1) })) });
    const { session, store } = world({ tools: [tool] });
    store.append(Array.from({ length: rows }, (_, index) => plainRow(index + 1)));

    const outcome = await callTool(callOf("sample.look"), session);

    expect([outcome.ok, ran]).toEqual([isAdmitted, isAdmitted ? 1 : 0]);
    if (!outcome.ok) expect(outcome.error).toEqual({ kind: "audit_backpressure" });
  });
});

describe("a tool's deadline", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it.each(["read", "write"] as const)(
    "ends a %s that takes longer, and tells its handler by the signal",
    async (effect) => {
      const signals: AbortSignal[] = [];
      const never = new Promise<never>(() => undefined);
      const tool = sampleTool({
        effect,
        timeoutMs: 2_000,
        run: (call) => {
          signals.push(call.signal);
          return never;
        },
      });
      const { session, records } = world({ tools: [tool] });
      const outcome = callTool(callOf("sample.look"), session);
      await settled();

      vi.advanceTimersByTime(1_999);
      expect(signals[0]?.aborted).toBe(false);
      vi.advanceTimersByTime(1);

      expect(await outcome).toEqual(err({ kind: "timed_out", timeoutMs: 2_000 }));
      expect(signals[0]?.aborted).toBe(true);
      // What only reads has failed; what was to change something may have changed it.
      const ending = { outcome: effect === "read" ? "failed" : "unknown", reason: "upstream_timeout" };
      expect(records().at(-1)).toMatchObject(ending);
    },
  );

  it("leaves no timer behind when the work is done in time", async () => {
    const { session } = world({ tools: [sampleTool()] });

    await callTool(callOf("sample.look"), session);

    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a tool's answer", () => {
  const answering = (text: string) =>
    sampleTool({ maxResultBytes: 100, run: () => Promise.resolve(ok({ done: text })) });
  const WRAPPING = '{"done":""}'.length;

  it.each([
    ["as long as allowed", "x".repeat(100 - WRAPPING), true],
    ["a byte longer", "x".repeat(101 - WRAPPING), false],
    ["as many bytes in fewer characters", "é".repeat(44), true],
    ["more bytes in fewer characters", "é".repeat(45), false],
  ])("may not outgrow its cap: %s", async (_what, text, isAllowed) => {
    const { session } = world({ tools: [answering(text)] });

    const outcome = await callTool(callOf("sample.look"), session);

    expect(outcome).toMatchObject(isAllowed ? { ok: true } : { error: { kind: "payload_too_large" } });
  });

  it("that does not fit its own schema is a bug, and a recorded one", async () => {
    const tool = sampleTool({ run: () => Promise.resolve(ok({ done: 1n })) });
    const { session, records } = world({ tools: [tool] });

    const outcome = await callTool(callOf("sample.look"), session);

    expect(outcome).toMatchObject({ error: { kind: "crashed" } });
    expect(records()).toMatchObject([{ outcome: "failed", reason: "internal_error" }]);
  });
});

describe("a bug anywhere on the way", () => {
  it("is answered as one, and recorded: there is no answer without a record", async () => {
    const broken: KeyDirectory = { find: () => Promise.reject(new TypeError("no such column")) };
    const { session, clock, records } = world({ keys: broken });
    clock.advance(60_000);

    const outcome = await callTool(callOf("ctx.list"), session);

    expect(outcome).toMatchObject({ error: { kind: "crashed", cause: { message: "no such column" } } });
    expect(records()).toMatchObject([{ tool: "ctx.list", outcome: "failed", reason: "internal_error" }]);
  });
});
