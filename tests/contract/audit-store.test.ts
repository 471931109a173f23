// The contract of AuditStore, over memory and over Neon's client as the Worker's own role; and what only the latter can show.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { memoryAuditStore } from "../../src/adapters/memory/audit-store.ts";
import { objectAuditStore } from "../../src/adapters/object-audit-store.ts";
import { FanIn } from "../../src/audit/fan-in.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { auditStoreContract } from "./audit-store.suite.ts";
import { journalRow } from "./journal.ts";
import { standIns, type StandIns } from "./stand-ins.ts";
import type { Contribution } from "../../src/audit/fan-in.ts";

const { signal } = new AbortController();

const Stored = z.array(
  z
    .object({ seq: z.coerce.number(), record: z.string(), prev_hash: z.string(), hash: z.string() })
    .transform(({ seq, record, prev_hash: prevHash, hash }) => ({ seq, record, prevHash, hash })),
);

describe("in memory", () => {
  auditStoreContract(() => {
    const store = memoryAuditStore(Date.now);
    return {
      store,
      rows: () => Promise.resolve(store.rows()),
      quarantined: () =>
        Promise.resolve(store.quarantined().map((row) => ({ ...row, record: row.record.toWellFormed() }))),
    };
  });
});

describe("through a sink that inserts for many", () => {
  auditStoreContract(() => {
    const direct = memoryAuditStore(Date.now);
    const fanIn = new FanIn({
      insert: (rows) => direct.insert(rows, signal),
      now: Date.now,
      pause: () => Promise.resolve(),
      onStatement: () => undefined,
      onSettled: () => undefined,
    });
    const sinkOf = () => ({ contribute: (contribution: Contribution) => fanIn.offer(structuredClone(contribution)) });
    return {
      store: objectAuditStore({ sinkOf, shards: 4, direct }),
      rows: () => Promise.resolve(direct.rows()),
      quarantined: () =>
        Promise.resolve(direct.quarantined().map((row) => ({ ...row, record: row.record.toWellFormed() }))),
    };
  });
});

describe("on PostgreSQL, through Neon's client", () => {
  let stand: StandIns;
  beforeAll(async () => {
    stand = await standIns();
  }, 60_000);
  afterAll(() => stand.close());
  const store = () => neonAuditStore(neonSql(stand.bindings.DATABASE_URL));

  auditStoreContract(() => ({
    store: store(),
    rows: async () => Stored.parse(await stand.sql("select seq, record, prev_hash, hash from audit_logs")),
    quarantined: async () =>
      Stored.parse(
        await stand.sql("select seq, convert_from(record, 'UTF8') as record, prev_hash, hash from audit_quarantine"),
      ),
  }));

  it("reads the columns out of the record", async () => {
    const row = journalRow({ on_behalf_of: "team/oncall", key_id: "k", count: 3, result_bytes: 9 });
    await store().insert([row], signal);

    const [stored] = await stand.sql(`
      select phase, chain_id, actor_type, actor_id, on_behalf_of, key_id, host(source_ip) as source_ip, action, tool,
             cluster, namespace, decision, outcome, duration_ms, params, count, result_bytes,
             ts = (record::jsonb ->> 'ts')::timestamptz as same_ts, session_id
      from audit_logs where hash = '${row.hash}'`);

    expect(stored).toEqual({
      phase: "outcome",
      chain_id: "chain-1",
      actor_type: "agent",
      actor_id: "agent-1",
      on_behalf_of: "team/oncall",
      key_id: "k",
      source_ip: "203.0.113.7",
      action: "tools.call",
      tool: "k8s.list_pods",
      cluster: "prod",
      namespace: "shop",
      decision: "allowed",
      outcome: "ok",
      duration_ms: 12,
      params: { namespace: "shop", labels: ["a", "b"] },
      count: 3,
      result_bytes: 9,
      same_ts: true,
      session_id: null,
    });
  });

  it.each(["1999-12-31T00:00:00.000Z", "2199-01-01T00:00:00.000Z"])(
    "refuses a row of %s instead of making a partition for a broken clock",
    async (ts) => {
      expect(await store().insert([journalRow({ ts })], signal)).toMatchObject({
        error: { kind: "row_refused", sqlState: "22008" },
      });
    },
  );

  it("notes in quarantine what can still be read of the record", async () => {
    const row = journalRow({ params: "\0", chain_id: "chain-7", ts: "2026-11-23T10:00:00.123Z" });
    await store().quarantine(row, { kind: "row_refused", sqlState: "22P05" }, signal);

    const [kept] = await stand.sql(`
      select chain_id, sql_state, event_ts = '2026-11-23T10:00:00.123Z' as same_ts from audit_quarantine
      where hash = '${row.hash}'`);

    expect(kept).toEqual({ chain_id: "chain-7", sql_state: "22P05", same_ts: true });
  });

  it("refuses to keep less than 30 days", async () => {
    expect(await store().maintain({ keepDays: 29, aheadDays: 7 }, signal)).toMatchObject({
      error: { kind: "upstream_unavailable" },
    });
  });

  it("takes two hundred rows of 8 KiB in one batch", async () => {
    const rows = Array.from({ length: 200 }, () => journalRow({ params: { text: "x".repeat(8_192) } }));

    expect(await store().insert(rows, signal)).toEqual({ ok: true, value: undefined });
  });

  describe("nobody rewrites it", () => {
    const refused = { error: { message: "PostgreSQL refused the statement (SQLSTATE 42501)" } };
    const as = (role: string, text: string) =>
      neonSql(stand.databaseUrl(role))({ text, values: [], timeoutMs: 5_000 }, signal);
    const today = `audit_logs_${new Date().toISOString().slice(0, 10).replaceAll("-", "")}`;

    it.each([
      "select * from audit_logs",
      "select * from audit_quarantine",
      "update audit_logs set actor_id = 'x'",
      "delete from audit_logs",
      "truncate audit_logs",
      `delete from ${today}`,
      `insert into ${today} select * from ${today}`,
      "drop table audit_logs",
      "alter table audit_logs disable trigger all",
      "insert into api_keys (key_id, secret_hmac, principal, kind, expires_at) values ('x', repeat('a', 64), 'x', 'agent', now())",
      "update api_keys set revoked_at = null",
      "delete from api_keys",
      "select * from schema_migrations",
    ])("not the writer: %s", async (text) => {
      expect(await as("gatehouse_writer", text)).toMatchObject(refused);
    });

    it.each(["insert into audit_logs default values", "delete from audit_logs", "select * from api_keys"])(
      "not the reader: %s",
      async (text) => {
        expect(await as("gatehouse_reader", text)).toMatchObject(refused);
      },
    );

    it.each([
      "update audit_logs set actor_id = 'x'",
      "delete from audit_logs",
      "truncate audit_logs",
      `update ${today} set actor_id = 'x'`,
      `delete from ${today}`,
      `truncate ${today}`,
      "delete from audit_quarantine",
      "truncate audit_quarantine",
    ])("not even the owner, by accident: %s", async (text) => {
      await store().insert([journalRow()], signal);
      await store().quarantine(journalRow(), { kind: "row_refused", sqlState: "22P05" }, signal);

      expect(await as("owner", text)).toMatchObject(refused);
    });

    it("lets the reader read", async () => {
      expect(await as("gatehouse_reader", "select count(*) from audit_logs")).toMatchObject({ ok: true });
    });
  });
});
