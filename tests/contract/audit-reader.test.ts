// Reading the audit log as gatehouse_reader: pages, sums and one row's story, each over what was really written.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { neonAuditReader } from "../../src/adapters/neon-audit-reader.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { Chain, EVERYWHERE } from "./audit-rows.ts";
import { standIns } from "./stand-ins.ts";
import type { AuditQuestion } from "../../src/ports/audit-reader.ts";
import type { StandIns } from "./stand-ins.ts";

const { signal } = new AbortController();
const sight = { principalId: "human:ona", scopes: EVERYWHERE };
const HOUR_MS = 3_600_000;

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
}, 60_000);
afterAll(() => stand.close());

const reader = () => neonAuditReader(neonSql(stand.bindings.DATABASE_READER_URL));
const store = async (...chains: readonly Chain[]) => {
  const stored = await neonAuditStore(neonSql(stand.bindings.DATABASE_URL)).insert(
    chains.flatMap((chain) => chain.rows),
    signal,
  );
  expect(stored).toMatchObject({ ok: true });
};

/** Each test in an hour of its own, on the hour, so that none sees another's rows and every bucket is known. */
let hours = 2;
function anHour(): { readonly fromMs: number; readonly toMs: number } {
  hours += 1;
  const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS;
  return { fromMs: toMs - HOUR_MS, toMs };
}

function question(time: { readonly fromMs: number; readonly toMs: number }, more: Partial<AuditQuestion> = {}) {
  return { ...time, where: {}, sight, ...more };
}

function value<T>(outcome: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
  return outcome.value;
}

describe("a search", () => {
  it("answers rows newest first, page by page, none twice and none left out", async () => {
    const time = anHour();
    const chain = new Chain();
    // Three at each moment: a page may end between rows that are as old as each other.
    for (let at = 0; at < 21; at += 1) chain.add(time.fromMs + Math.floor(at / 3) * 1_000);
    await store(chain);

    const ids: string[] = [];
    const moments: string[] = [];
    let after: { tsMs: number; id: string } | undefined;
    do {
      const page = value(await reader().search({ ...question(time), limit: 4, after }, signal));
      ids.push(...page.rows.map(({ id }) => id));
      moments.push(...page.rows.map(({ ts }) => ts));
      after = page.next;
    } while (after && ids.length < 100);

    expect(ids.toSorted()).toEqual(chain.written.map(({ id }) => id).toSorted());
    expect(moments).toEqual(moments.toSorted().toReversed());
  });

  it("includes the moment at which a time begins, and not the one at which it ends", async () => {
    const time = anHour();
    const chain = new Chain();
    const [first] = [chain.add(time.fromMs), chain.add(time.toMs)];
    await store(chain);

    const { rows, next } = value(await reader().search({ ...question(time), limit: 10 }, signal));

    expect(rows.map(({ id }) => id)).toEqual([first.id]);
    expect(next).toBeUndefined();
  });

  it("tells a row as it was written, and leaves out what it has not", async () => {
    const time = anHour();
    const chain = new Chain();
    const approval_id = crypto.randomUUID();
    const full = { approval_id, trace_id: "f".repeat(32), params: { a: 1 }, key_id: "k1", on_behalf_of: "team/oncall" };
    chain.add(time.fromMs + 1, { ...full, result_bytes: 9, result_digest: "d".repeat(64), count: 3 });
    const bare = { session_id: "", source_ip: undefined, tool: undefined, cluster: undefined, namespace: undefined };
    chain.add(time.fromMs, { ...bare, action: "approval.expired", phase: "event", duration_ms: undefined });
    await store(chain);

    const { rows } = value(await reader().search({ ...question(time), limit: 10 }, signal));

    expect(rows[0]).toMatchObject({
      ...{ approval_id, trace_id: "f".repeat(32), has_payload: true, key_id: "k1", on_behalf_of: "team/oncall" },
      ...{ actor: "agent:aster", actor_type: "agent", source_ip: "203.0.113.7", result_bytes: 9, count: 3, seq: 1 },
      ts: new Date(time.fromMs + 1).toISOString(),
    });
    expect(Object.keys(rows[1] ?? {}).toSorted()).toEqual(
      [
        ...["action", "actor", "actor_type", "call_id", "chain_id", "decision", "has_payload", "id", "outcome"],
        ...["phase", "policy_version", "seq", "ts"],
      ].toSorted(),
    );
  });

  it.each([
    ["actor", { actor_id: "agent:boreas" }, "agent:boreas"],
    ["tool", { tool: "logs.search" }, "logs.search"],
    ["action", { action: "auth.refresh" }, "auth.refresh"],
    ["outcome", { outcome: "cancelled" }, "cancelled"],
    ["reason", { reason: "rate_limited" }, "rate_limited"],
    ["session", { session_id: "session-9" }, "session-9"],
    ["cluster", { cluster: "prod" }, "prod"],
    ["namespace", { namespace: "pay" }, "pay"],
    ["approval", { approval_id: "6f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d" }, "6f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d"],
    ["call", { call_id: "0f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d" }, "0f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d"],
    ["trace", { trace_id: "9".repeat(32) }, "9".repeat(32)],
    ["key", { key_id: "key-9" }, "key-9"],
  ] as const)("by %s finds what has the value, among others", async (field, fields, wanted) => {
    const time = anHour();
    const chain = new Chain();
    chain.add(time.fromMs);
    const found = chain.add(time.fromMs, fields);
    await store(chain);

    const asked = question(time, { where: { [field]: [wanted, wanted] } });
    const { rows } = value(await reader().search({ ...asked, limit: 10 }, signal));

    expect(rows.map(({ id }) => id)).toEqual([found.id]);
  });

  it.each(["'; drop table audit_logs; --", "$1", "%", "_", "\\", "{a,b}", '{"a"}', "NULL", "'", '"', "a,b", "🛰️"])(
    "takes %s as a value and nothing else",
    async (hostile) => {
      const time = anHour();
      const chain = new Chain();
      chain.add(time.fromMs);
      const named = chain.add(time.fromMs, { actor_id: hostile });
      await store(chain);

      const asked = question(time, { where: { actor: [hostile] } });
      const { rows } = value(await reader().search({ ...asked, limit: 10 }, signal));

      expect(rows.map(({ id }) => id)).toEqual([named.id]);
    },
  );

  it("with a value that PostgreSQL cannot take is refused in our words", async () => {
    const asked = question(anHour(), { where: { call: ["not a uuid"] } });

    expect(await reader().search({ ...asked, limit: 10 }, signal)).toMatchObject({
      error: { kind: "upstream_unavailable", message: "PostgreSQL refused a value of the question" },
    });
  });
});

describe("a summary", () => {
  it("counts what is no intent, and every refusal that was counted together", async () => {
    const time = anHour();
    const chain = new Chain();
    chain.add(time.fromMs, { phase: "intent", outcome: "pending" });
    chain.add(time.fromMs);
    chain.add(time.fromMs + 29_999, { outcome: "failed" });
    chain.add(time.fromMs + 30_000, { outcome: "unknown" });
    chain.add(time.toMs - 1, {
      action: "refusals",
      phase: "event",
      outcome: "refused",
      reason: "rate_limited",
      count: 7,
    });
    await store(chain);

    const sums = value(await reader().summary(question(time), signal));

    expect(sums.total).toBe(10);
    expect(sums.bucketS).toBe(30);
    expect(sums.histogram).toHaveLength(120);
    expect(sums.histogram.at(0)).toEqual({ atMs: time.fromMs, ok: 1, failed: 1, refused: 0, other: 0 });
    expect(sums.histogram.at(1)).toEqual({ atMs: time.fromMs + 30_000, ok: 0, failed: 0, refused: 0, other: 1 });
    expect(sums.histogram.at(-1)).toEqual({ atMs: time.toMs - 30_000, ok: 0, failed: 0, refused: 7, other: 0 });
    expect(sums.facets.reason).toEqual([{ value: "rate_limited", count: 7 }]);
    expect(sums.facets.outcome).toEqual([
      { value: "refused", count: 7 },
      ...["failed", "ok", "unknown"].map((outcome) => ({ value: outcome, count: 1 })),
    ]);
  });

  it("names the ten most frequent values of each field", async () => {
    const time = anHour();
    const chain = new Chain();
    for (let actor = 0; actor < 12; actor += 1)
      for (let times = 0; times <= actor; times += 1) chain.add(time.fromMs, { actor_id: `agent:${actor}` });
    await store(chain);

    const { facets } = value(await reader().summary(question(time), signal));

    expect(facets.actor?.map(({ count }) => count)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(facets.actor?.[0]).toEqual({ value: "agent:11", count: 12 });
    expect(facets.tool).toEqual([{ value: "k8s.list_pods", count: 78 }]);
    expect(facets.approval).toBeUndefined();
  });

  it("of nothing is nothing, with every bucket", async () => {
    const sums = value(await reader().summary(question(anHour()), signal));

    expect(sums).toMatchObject({ total: 0, facets: {} });
    expect(sums.histogram).toHaveLength(120);
  });
});

describe("usage", () => {
  it("is of calls alone: how many, how they ended, and how long those took that were run", async () => {
    const time = anHour();
    const chain = new Chain();
    for (let ms = 1; ms <= 99; ms += 1) chain.add(time.fromMs, { duration_ms: ms, actor_id: `agent:${ms % 2}` });
    chain.add(time.fromMs, { outcome: "failed", duration_ms: 100, session_id: "session-2" });
    const refused = { outcome: "refused", decision: "refused", reason: "permission_denied", duration_ms: 0 };
    chain.add(time.fromMs, { ...refused, tool: "logs.search" });
    chain.add(time.fromMs, { ...refused, action: "refusals", phase: "event", tool: "logs.search", count: 30 });
    chain.add(time.fromMs, { phase: "intent", outcome: "pending", duration_ms: undefined });
    chain.add(time.fromMs, { action: "approval.requested", phase: "event", duration_ms: 9_999 });
    await store(chain);

    const usage = value(await reader().usage(question(time), signal));

    const times = { p50_ms: 50.5, p95_ms: 95.05, p99_ms: 99.01 };
    expect(usage.total).toMatchObject({ calls: 131, failed: 1, refused: 31, principals: 3, sessions: 2 });
    expect(usage.total.p50_ms).toBeCloseTo(times.p50_ms);
    expect(usage.total.p95_ms).toBeCloseTo(times.p95_ms);
    expect(usage.total.p99_ms).toBeCloseTo(times.p99_ms);
    expect(usage.series[0]).toMatchObject({ atMs: time.fromMs, calls: 131, p50_ms: usage.total.p50_ms });
    expect(usage.series[1]).toEqual({
      ...{ atMs: time.fromMs + 30_000, calls: 0, failed: 0, refused: 0 },
      ...{ p50_ms: null, p95_ms: null, p99_ms: null },
    });
    expect(usage.byTool).toMatchObject([
      { tool: "k8s.list_pods", calls: 100, refused: 0 },
      { tool: "logs.search", calls: 31, refused: 31, p50_ms: null },
    ]);
    expect(usage.byPrincipal.map(({ id, calls }) => [id, calls])).toEqual([
      ["agent:1", 50],
      ["agent:0", 49],
      ["agent:aster", 32],
    ]);
    expect(usage.refusals).toEqual([{ reason: "permission_denied", count: 31 }]);
  });

  it("of nothing is nothing", async () => {
    const usage = value(await reader().usage(question(anHour()), signal));

    expect(usage.total).toEqual({
      ...{ calls: 0, failed: 0, refused: 0, p50_ms: null, p95_ms: null, p99_ms: null, principals: 0, sessions: 0 },
    });
    expect([usage.byTool, usage.byPrincipal, usage.refusals]).toEqual([[], [], []]);
  });
});

it("counts what the log could not take", async () => {
  const chain = new Chain();
  const { row } = chain.add(Date.now());
  const refusal = { kind: "row_refused", sqlState: "22P05" } as const;
  await neonAuditStore(neonSql(stand.bindings.DATABASE_URL)).quarantine(row, refusal, signal);

  expect(await reader().quarantined(signal)).toEqual({ ok: true, value: 1 });
});
