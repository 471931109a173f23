// What a call leaves in the journal: one line for a read, intent and outcome for an effect, and nothing that happened without.

import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/audit/record.ts";
import { err, ok } from "../../../src/result.ts";
import { callTool } from "../../../src/tool/call.ts";
import { gate, settled } from "../../support/gate.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { CHAIN_ID, SESSION_ID, world } from "../../support/world.ts";
import type { ToolFailure } from "../../../src/tool/failure.ts";

const callOf = (name = "sample.look", args: unknown = {}) => ({ name, args, signal: new AbortController().signal });
const acting = (run?: Parameters<typeof sampleTool>[0]) => sampleTool({ effect: "write", ...run });

describe("a call that reads", () => {
  it("leaves one line that says who did what, where, when, how long and with what result", async () => {
    const { session, records, clock } = world({
      cluster: () => {
        clock.advance(40);
        return ok({ pods: [], observed_at: "2026-01-15T12:00:00Z" });
      },
    });

    const call = { ...callOf("k8s.list_pods", { namespace: "shop" }), era: "modern" } as const;
    const outcome = await callTool(call, session);

    const json = outcome.ok ? outcome.value : "";
    expect(records()).toEqual([
      {
        event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        ts: "2026-01-15T12:00:00.040Z",
        call_id: "00000000-0000-4000-8000-000000000001",
        phase: "outcome",
        chain_id: CHAIN_ID,
        seq: 1,
        actor_type: "agent",
        actor_id: "agent:atlas",
        key_id: "abcdefghijklmnop",
        session_id: SESSION_ID,
        source_ip: "203.0.113.7",
        action: "tool.call",
        tool: "k8s.list_pods",
        cluster: "prod",
        namespace: "shop",
        decision: "allowed",
        policy_version: session.policy.version,
        outcome: "ok",
        duration_ms: 40,
        handler_ms: 40,
        era: "modern",
        params: { namespace: "shop" },
        result_digest: sha256(json),
        result_bytes: Buffer.byteLength(json),
      },
    ]);
  });

  it("is not answered when the line cannot be written", async () => {
    const { session, storage } = world({ tools: [sampleTool()] });
    storage.breakWrites(new Error("disk full"));

    // It ran, so it must not be told that it did not.
    expect(await callTool(callOf(), session)).toEqual(err({ kind: "unrecorded" }));
  });

  it("is not refused in silence either", async () => {
    const { session, storage } = world({ tools: [sampleTool({ requires: "keys:admin" })] });
    storage.breakWrites(new Error("disk full"));

    expect(await callTool(callOf(), session)).toEqual(err({ kind: "audit_backpressure" }));
  });
});

const REFUSED: readonly (readonly [string, string, unknown])[] = [
  ["unknown_tool", "nowhere.at_all", {}],
  ["permission_denied", "tools.configure", { tool: "ctx.get" }],
  ["permission_denied", "k8s.list_pods", { namespace: "platform" }],
  ["invalid_params", "ctx.get", {}],
];

describe("a refusal", () => {
  it.each(REFUSED)("is a line of its own: %s for %s", async (reason, name, args) => {
    const { session, records } = world({ roles: ["shop-observer"] });

    await callTool(callOf(name, args), session);

    expect(records()).toMatchObject([
      { phase: "outcome", tool: name, decision: "refused", outcome: "refused", reason, params: args },
    ]);
  });

  it("for want of a credential is one, too", async () => {
    const { session, records } = world({ isAnonymous: true });

    await callTool(callOf("ctx.get", { key: "a" }), session);

    expect(records()).toMatchObject([{ actor_type: "anonymous", actor_id: "anonymous", reason: "unauthenticated" }]);
  });
});

const TOLD: readonly ToolFailure[] = [
  { kind: "invalid_params", issues: [] },
  { kind: "forbidden", message: "" },
  { kind: "not_found", message: "" },
  { kind: "cursor_expired", message: "" },
  { kind: "context_full", message: "" },
  { kind: "payload_too_large", message: "" },
  { kind: "busy", message: "", retryAfterMs: 1 },
  { kind: "upstream_unavailable", upstream: "redis", message: "" },
  { kind: "upstream_timeout", upstream: "redis", message: "" },
];

describe("the reason in a record", () => {
  it("is checked for every failure that a tool can tell", () => {
    expect(TOLD).toHaveLength(9);
  });

  it.each(TOLD)("is the one that the caller was given: $kind", async (failure) => {
    const { call, records } = world({ tools: [sampleTool({ run: () => Promise.resolve(err(failure)) })] });

    const reply = await call("sample.look");

    expect(reply).toMatchObject({ error: { data: { reason: records()[0]?.reason } } });
  });
});

describe("an effect", () => {
  it("is announced before it happens and told after", async () => {
    const during: unknown[] = [];
    const { session, records } = world({
      tools: [
        acting({
          run: () => (
            during.push(records().map(({ phase, outcome }) => [phase, outcome])),
            Promise.resolve(ok({ done: 1 }))
          ),
        }),
      ],
    });

    await callTool(callOf("sample.look", { note: "x" }), session);

    expect(during).toEqual([[["intent", "pending"]]]);
    const [intent, outcome] = records();
    expect(intent).toMatchObject({ seq: 1, phase: "intent", outcome: "pending", params: { note: "x" } });
    expect(outcome).toMatchObject({ seq: 2, phase: "outcome", outcome: "ok", call_id: intent?.call_id });
    expect(outcome).not.toHaveProperty("params");
  });

  it("says in its outcome how long it waited for its intent to be durable, and how long for its handler", async () => {
    const made = world({
      tools: [acting({ run: () => (made.clock.advance(30), Promise.resolve(ok({ done: 1 }))) })],
    });
    const { session, records, clock } = made;
    const { journal } = session;
    const writeDurably: typeof journal.writeDurably = async (entry, actor) => {
      const written = await journal.writeDurably(entry, actor);
      clock.advance(7);
      return written;
    };
    const slow = {
      admit: journal.admit.bind(journal),
      write: journal.write.bind(journal),
      refuse: journal.refuse.bind(journal),
      writeDurably,
    };

    await callTool({ ...callOf(), era: "run" }, { ...session, journal: slow });

    const [intent, outcome] = records();
    expect(intent).toMatchObject({ era: "run" });
    expect(intent).not.toHaveProperty("handler_ms");
    expect(outcome).toMatchObject({ duration_ms: 37, handler_ms: 30, commit_ms: 7, era: "run" });
  });

  it.each(["write", "sync"] as const)("does not happen when its intent fails at the %s", async (step) => {
    let ran = 0;
    const { session, storage } = world({ tools: [acting({ run: () => Promise.resolve(ok({ done: (ran += 1) })) })] });
    if (step === "write") storage.breakWrites(new Error("fenced off"));
    else storage.breakSync(new Error("commit failed"));

    const outcome = await callTool(callOf(), session);

    expect([outcome, ran]).toEqual([err({ kind: "audit_backpressure" }), 0]);
    expect(session.running.size).toBe(0);
  });

  it("whose intent was written but did not become durable is told as not done", async () => {
    const { session, storage, records } = world({ tools: [acting()] });
    storage.breakSync(new Error("commit failed"));

    await callTool(callOf(), session);

    expect(records()).toMatchObject([
      { phase: "intent", outcome: "pending" },
      { phase: "outcome", outcome: "failed", reason: "audit_backpressure" },
    ]);
  });

  const ENDINGS: readonly (readonly [ToolFailure, string, string])[] = [
    [{ kind: "upstream_timeout", upstream: "redis", message: "" }, "unknown", "upstream_timeout"],
    [{ kind: "upstream_unavailable", upstream: "redis", message: "" }, "unknown", "upstream_unavailable"],
    [{ kind: "context_full", message: "" }, "failed", "context_full"],
    [{ kind: "not_found", message: "" }, "failed", "not_found"],
    [{ kind: "busy", message: "", retryAfterMs: 1 }, "failed", "rate_limited"],
    [{ kind: "invalid_params", issues: [] }, "failed", "invalid_params"],
  ];

  it.each(ENDINGS)("that ends with %j is recorded as %s, %s", async (failure, outcome, reason) => {
    const { session, records } = world({ tools: [acting({ run: () => Promise.resolve(err(failure)) })] });

    await callTool(callOf(), session);

    expect(records()).toMatchObject([{ phase: "intent" }, { phase: "outcome", decision: "allowed", outcome, reason }]);
  });

  it("that its handler refuses again and again still has an outcome each time", async () => {
    const failure = { kind: "invalid_params", issues: [] } as const;
    const { session, records } = world({ tools: [acting({ run: () => Promise.resolve(err(failure)) })] });

    for (let count = 0; count < 15; count++) await callTool(callOf(), session);

    const phases = records().map(({ phase }) => phase);
    expect([
      phases.filter((phase) => phase === "intent").length,
      phases.filter((phase) => phase === "outcome").length,
    ]).toEqual([15, 15]);
  });

  it("that crashes is recorded as unknown: how far it came, nobody can say", async () => {
    const { session, records } = world({ tools: [acting({ run: () => Promise.reject(new Error("bug")) })] });

    await callTool(callOf(), session);

    expect(records()).toMatchObject([{ phase: "intent" }, { outcome: "unknown", reason: "internal_error" }]);
  });

  it("stays among the running until its outcome is written, and beyond when it cannot be", async () => {
    const held = gate<unknown>();
    const { session, storage } = world({ tools: [acting({ run: async () => ok({ done: await held.opened }) })] });
    const outcome = callTool(callOf(), session);
    await settled();
    expect(session.running.size).toBe(1);

    storage.breakWrites(new Error("disk full"));
    held.open(1);

    expect(await outcome).toMatchObject({ error: { kind: "unrecorded" } });
    expect(session.running.size).toBe(1);
  });

  it("leaves the running when all is written", async () => {
    const { session } = world({ tools: [acting()] });

    await callTool(callOf(), session);

    expect(session.running.size).toBe(0);
  });
});

describe("the arguments in a record", () => {
  it("leave out what the tool calls the caller's own business", async () => {
    const { session, records } = world();

    await callTool(callOf("ctx.set", { key: "plan", value: { step: "buy milk" } }), session);

    expect(records()[0]).toMatchObject({ params: { key: "plan", value: { omitted: true, bytes: 19 } } });
    expect(JSON.stringify(records())).not.toContain("milk");
  });

  it("leave out secrets wherever they stand, in a tool's name and in a method's as well", async () => {
    const secret = `ghk_abcdefghijklmnop_${"S".repeat(43)}`;
    const { call, records } = world();

    await call("ctx.get", { key: secret });
    await call("mcp.tools.call", { name: secret, args: {} });
    await call(secret, {});

    expect(records()).toHaveLength(3);
    expect(JSON.stringify(records())).not.toContain("SSSSSS");
  });
});
