// Which calls take something from their caller's quota, and what happens when it is used up or cannot be counted.

import { describe, expect, it } from "vitest";
import { Quotas } from "../../../src/access/quotas.ts";
import { memoryQuotaStore } from "../../../src/adapters/memory/quota-store.ts";
import { err, ok } from "../../../src/result.ts";
import { callTool } from "../../../src/tool/call.ts";
import { fixedClock } from "../../support/clock.ts";
import { keyRecord } from "../../support/people.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { QuotaStore } from "../../../src/ports/quota-store.ts";
import type { WorldOptions } from "../../support/world.ts";

const signal = new AbortController().signal;
const callOf = (name = "sample.look", args: unknown = {}) => ({ name, args, signal });
const TWENTY = Quotas.parse({ default: { minute: 20 } });
const DOWN = { kind: "upstream_unavailable", upstream: "quota", message: "down" } as const;
const unreachable: QuotaStore = {
  ...memoryQuotaStore(() => 0),
  lease: () => Promise.resolve(err(DOWN)),
  spent: () => Promise.resolve(err(DOWN)),
};

function charged(options: WorldOptions) {
  const made = world(options);
  const spent = async () => {
    const answered = await made.quotas.spent("agent:atlas");
    return answered.ok ? answered.value.spent.day : -1;
  };
  return { ...made, spent };
}

describe("a call that runs", () => {
  it("costs what its tool says, whether it succeeds or not", async () => {
    const dear = sampleTool({ name: "sample.dear", cost: 5 });
    const failing = sampleTool({ run: () => Promise.resolve(err({ kind: "not_found", message: "gone" })) });
    const { session, spent, clock } = charged({ tools: [dear, failing] });

    await callTool(callOf("sample.dear"), session);
    expect(await spent()).toBe(5);
    clock.advance(10_000);
    await callTool(callOf("sample.look"), session);

    expect(await spent()).toBe(6);
  });

  it("is charged with the roles of its caller as they are now", async () => {
    const quotas = Quotas.parse({ default: { minute: 20 }, roles: { platform: { minute: 40 } } });
    const { session, keys, clock } = charged({ tools: [sampleTool({ cost: 20 })], quotas });
    const call = () => callTool(callOf(), session);
    expect([(await call()).ok, (await call()).ok]).toEqual([true, false]);

    keys.put(keyRecord({ roles: ["platform"] }));
    clock.advance(30_000);

    expect([(await call()).ok, (await call()).ok]).toEqual([true, false]);
  });
});

describe("a call that does not run takes nothing from the quota (attack 51)", () => {
  const look = sampleTool({ rate: "1/hour" });
  const gated = sampleTool({ name: "sample.gated", requires: "keys:admin" });

  it.each([
    ["an unknown tool", callOf("no.such")],
    ["a permission that is missing", callOf("sample.gated")],
    ["arguments that are wrong", callOf("ctx.get", { wrong: 1 })],
    ["a namespace out of reach", callOf("k8s.list_pods", { namespace: "platform" })],
    ["one that was cancelled", { ...callOf("ctx.get", { key: "k" }), signal: AbortSignal.abort() }],
  ])("%s", async (_what, call) => {
    const { session, spent } = charged({ alsoTools: [look, gated], roles: ["shop-observer"] });

    for (let count = 0; count < 5; count++) expect(await callTool(call, session)).toMatchObject({ ok: false });

    expect(await spent()).toBe(0);
  });

  it("one beyond its rate limit", async () => {
    const { session, spent } = charged({ tools: [look] });

    for (let count = 0; count < 5; count++) await callTool(callOf(), session);

    expect(await spent()).toBe(1);
  });

  it("one of nobody, who has no quota", async () => {
    const { session, spent } = charged({ isAnonymous: true });

    expect(await callTool(callOf("mcp.tools.list"), session)).toMatchObject({ ok: true });
    expect(await spent()).toBe(0);
  });
});

describe("a quota that is used up", () => {
  it("refuses the call before it runs, says until when, and is recorded as a refusal", async () => {
    let ran = 0;
    const tool = sampleTool({ cost: 20, run: () => Promise.resolve(ok({ done: (ran += 1) })) });
    const { call, records, clock } = charged({ tools: [tool], quotas: TWENTY });
    clock.advance(1_500);
    await call("sample.look");

    const reply = await call("sample.look");

    expect(reply).toMatchObject({
      id: 1,
      error: {
        code: 42901,
        message: expect.stringContaining("quota.get"),
        data: {
          reason: "quota_exhausted",
          scope: "principal",
          window: "minute",
          limit: 20,
          retryAfterMs: 58_500,
          resetsAt: "2026-01-15T12:01:00.000Z",
        },
      },
    });
    expect(ran).toBe(1);
    expect(records().at(-1)).toMatchObject({ decision: "refused", outcome: "refused", reason: "quota_exhausted" });

    clock.advance(58_500);
    expect(await call("sample.look")).toHaveProperty("result");
  });

  it("leaves no intent of an effect behind", async () => {
    const { session, records } = charged({ tools: [sampleTool({ effect: "write", cost: 20 })], quotas: TWENTY });

    await callTool(callOf(), session);
    await callTool(callOf(), session);

    expect(records().map(({ phase, outcome }) => [phase, outcome])).toEqual([
      ["intent", "pending"],
      ["outcome", "ok"],
      ["outcome", "refused"],
    ]);
  });

  it("is one for all sessions of the principal (attack 49)", async () => {
    const clock = fixedClock();
    const quotaStore = memoryQuotaStore(clock.now);
    const sessions = Array.from({ length: 30 }, () => charged({ tools: [sampleTool()], quotas: TWENTY, quotaStore }));

    const outcomes = [];
    for (const { session } of sessions) outcomes.push((await callTool(callOf(), session)).ok);

    expect(outcomes.filter(Boolean)).toHaveLength(20);
  });
});

describe("a quota that cannot be counted", () => {
  it("lets reads go on, and refuses effects without an intent", async () => {
    const acting = sampleTool({ name: "sample.act", effect: "write" });
    const { session, records } = charged({ tools: [sampleTool(), acting], quotaStore: unreachable });

    const [read, act] = [await callTool(callOf(), session), await callTool(callOf("sample.act"), session)];

    expect(read).toMatchObject({ ok: true });
    expect(act).toMatchObject({
      error: { kind: "upstream_unavailable", upstream: "quota", message: expect.stringMatching(/nothing is changed/) },
    });
    expect(records()).toMatchObject([
      { tool: "sample.look", outcome: "ok" },
      { tool: "sample.act", phase: "outcome", outcome: "failed", reason: "upstream_unavailable" },
    ]);
  });
});
