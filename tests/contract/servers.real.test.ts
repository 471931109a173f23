// What only real servers can show: two sessions in each other's way, limits of time, a login of the Worker's own.

import { Client, Pool, type PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { migrate, readMigrations } from "../../dev/migrate.ts";
import { type Database, OWNER } from "../../dev/storage/database.ts";
import { neon } from "../../dev/storage/neon.ts";
import { pgSession, postgres } from "../../dev/storage/postgres.ts";
import { databaseUrl, serve, type Served } from "../../dev/storage/server.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonKeyAdmin } from "../../src/adapters/neon-key-admin.ts";
import { neonKeyDirectory } from "../../src/adapters/neon-key-directory.ts";
import { neonRunStore } from "../../src/adapters/neon-run-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { journalRow } from "./journal.ts";
import { newKey } from "./key-admin.suite.ts";
import { runOf } from "./runs.ts";
import type { NewKey } from "../../src/ports/key-admin.ts";

const server = process.env.TEST_POSTGRES_URL;
if (!server) throw new Error("TEST_POSTGRES_URL is not set: npm run test:real sets it");

const { signal } = new AbortController();
const name = `gatehouse_real_${crypto.randomUUID().replaceAll("-", "")}`;
const login = `${name}_worker`;
const DAY_MS = 86_400_000;

let owner: Pool;
let worker: Database;
let served: Served;

const urlOf = (database: string, user?: string, options = "") => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  if (user) url.username = user;
  if (user) url.password = "secret";
  if (options) url.searchParams.set("options", options);
  return url.href;
};

beforeAll(async () => {
  await once(server, (run) => run(`create database ${name}`));
  await once(urlOf(name), (run) => migrate(run));
  owner = new Pool({ connectionString: urlOf(name) });
  owner.on("error", () => undefined); // its database is dropped under it, at the end
  // As a deployment does it: the Worker's user is a login that is a member of the writer role, and no more.
  await owner.query(`create role ${login} login password 'secret' in role gatehouse_writer`);
  worker = postgres(urlOf(name, login));
  served = await serve(neon(worker));
});

afterAll(async () => {
  await served.close();
  await worker.close();
  await owner.end();
  await once(server, async (run) => {
    await run(`drop database ${name} with (force)`);
    await run(`drop role ${login}`);
  });
});

const sql = () => neonSql(databaseUrl(served.origin, OWNER));
const store = () => neonAuditStore(sql());
const keys = () => neonKeyDirectory(sql());
const runs = () => neonRunStore(sql());

describe("logged in as the Worker", () => {
  it("does all that the adapters do, and nothing else", async () => {
    await owner.query(`insert into api_keys (key_id, secret_hmac, principal, kind, expires_at)
      values ('k1', repeat('a', 64), 'bot', 'agent', now() + interval '1 day')`);
    const past = journalRow({ ts: new Date(Date.now() - 20 * DAY_MS).toISOString() });

    expect(await store().insert([journalRow(), past], signal)).toMatchObject({ ok: true });
    expect(await store().quarantine(journalRow(), { kind: "row_refused", sqlState: "22P05" }, signal)).toMatchObject({
      ok: true,
    });
    expect(await store().maintain({ keepDays: 90, aheadDays: 7 }, signal)).toMatchObject({ ok: true });
    expect(await keys().find("k1", signal)).toMatchObject({ value: { principalId: "bot" } });
    expect(await runs().put(runOf(), signal)).toMatchObject({ ok: true });
    expect(await runs().prune(3_650, signal)).toMatchObject({ ok: true });

    const { rows } = await owner.query("select last_used_at is not null as used from api_keys where key_id = 'k1'");
    expect(rows).toEqual([{ used: true }]);
    expect(await sql()({ text: "select 1 from audit_logs", values: [], timeoutMs: 1_000 }, signal)).toMatchObject({
      error: { message: "PostgreSQL refused the statement (SQLSTATE 42501)" },
    });
  });
});

describe("in each other's way", () => {
  let other: PoolClient;
  beforeEach(async () => {
    other = await owner.connect();
    return async () => {
      await other.query("rollback");
      other.release();
    };
  });

  it("finds a key while somebody holds its row", async () => {
    await owner.query(`insert into api_keys (key_id, secret_hmac, principal, kind, expires_at)
      values ('k2', repeat('a', 64), 'bot', 'agent', now() + interval '1 day')`);
    await other.query("begin; update api_keys set note = 'being revoked' where key_id = 'k2'");

    // Whoever waited for the row would wait until it is let go, which is after this test.
    const found = await Promise.all(Array.from({ length: 8 }, () => keys().find("k2", signal)));

    expect(found.every((outcome) => outcome.ok && outcome.value?.principalId === "bot")).toBe(true);
  });

  it("stores a batch once when it is sent many times at once, on a day without a partition", async () => {
    const ts = new Date(Date.now() - 33 * DAY_MS).toISOString();
    const rows = Array.from({ length: 50 }, () => journalRow({ ts, chain_id: "at-once" }));

    const outcomes = await Promise.all(Array.from({ length: 8 }, () => store().insert(rows, signal)));

    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    const { rows: counted } = await owner.query("select count(*)::int as n from audit_logs where chain_id = 'at-once'");
    expect(counted).toEqual([{ n: 50 }]);
  });

  it("makes one key of one name, and no more than one person may, however many ask at once", async () => {
    const admin = neonKeyAdmin(sql());
    const outcomes = async (wanted: readonly NewKey[]) => {
      const made = await Promise.all(wanted.map((key) => admin.create(key, signal)));
      return made.map((one) => (one.ok ? "made" : one.error.kind)).toSorted();
    };
    const { principalId } = newKey().holder;
    const madeBy = [`human:${crypto.randomUUID()}`];

    expect(await outcomes(Array.from({ length: 8 }, () => newKey({}, { principalId })))).toEqual([
      "made",
      ...Array.from({ length: 7 }, () => "name_taken"),
    ]);
    expect(await outcomes(Array.from({ length: 24 }, () => newKey({ madeBy })))).toEqual([
      ...Array.from({ length: 20 }, () => "made"),
      ...Array.from({ length: 4 }, () => "too_many"),
    ]);
  });

  it("keeps the newest of many copies of a run that come at once, with its own steps", async () => {
    const run = runOf();
    const copies = Array.from({ length: 12 }, (_, index) => ({
      ...run,
      revision: index + 1,
      steps: run.steps.map((step) => ({ ...step, message: `as of ${index + 1}` })),
    }));

    const outcomes = await Promise.all(copies.toReversed().map((copy) => runs().put(copy, signal)));

    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    const { rows } = await owner.query(
      `select r.revision, s.message from runs r join run_steps s using (run_id) where run_id = '${run.id}'`,
    );
    expect(rows).toEqual(run.steps.map(() => ({ revision: 12, message: "as of 12" })));
  });

  it("makes partitions while a report is reading, and inserts go on", async () => {
    await other.query("begin; select count(*) from audit_logs");
    const ts = new Date(Date.now() - 44 * DAY_MS).toISOString();

    const outcomes = await Promise.all([
      store().maintain({ keepDays: 90, aheadDays: 12 }, signal),
      store().insert([journalRow({ ts })], signal),
      store().insert([journalRow()], signal),
    ]);

    expect(outcomes).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  });

  it("leaves an old day for the next run when a report is reading it, which finds what it found before", async () => {
    await store().insert([journalRow({ ts: new Date(Date.now() - 98 * DAY_MS).toISOString() })], signal);
    const count = async (): Promise<unknown> =>
      (await other.query<{ n: number }>("select count(*)::int as n from audit_logs")).rows;
    await other.query("begin isolation level repeatable read");
    const before = await count();

    const during = await store().maintain({ keepDays: 90, aheadDays: 14 }, signal);
    expect(await count()).toEqual(before);
    await other.query("rollback");
    const after = await store().maintain({ keepDays: 90, aheadDays: 14 }, signal);

    expect(during).toMatchObject({ ok: true, value: { created: 2, dropped: 0 } });
    expect(after).toMatchObject({ ok: true, value: { created: 0, dropped: 1 } });
  });

  it("reports a statement that the server gave up as a timeout", async () => {
    const limited = postgres(urlOf(name, login, "-c statement_timeout=50"));
    const shim = await serve(neon(limited));

    const outcome = await neonSql(databaseUrl(shim.origin, OWNER))(
      { text: "select pg_sleep(5)", values: [], timeoutMs: 4_000 },
      signal,
    );

    expect(outcome).toMatchObject({ error: { kind: "upstream_timeout", message: "PostgreSQL gave the statement up" } });
    await shim.close();
    await limited.close();
  });

  it("migrates an empty database once when several start at once", async () => {
    const empty = `${name}_empty`;
    await once(server, (run) => run(`create database ${empty}`));

    const applied = await Promise.all(Array.from({ length: 4 }, () => once(urlOf(empty), (run) => migrate(run))));

    expect(applied.flat().sort()).toEqual(readMigrations().map(({ name }) => name));
    await once(server, (run) => run(`drop database ${empty} with (force)`));
  });
});

async function once<T>(
  url: string,
  work: (run: (text: string) => Promise<readonly unknown[]>) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const session = pgSession(client);
    return await work((text) => session.execute(text));
  } finally {
    await client.end();
  }
}
