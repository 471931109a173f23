// Migrations run once, refuse what they cannot do in words a person can act on; and a data folder has one user at a time.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Migration, migrate, readMigrations } from "../../dev/migrate.ts";
import { OWNER } from "../../dev/storage/database.ts";
import { lock } from "../../dev/storage/lock.ts";
import { storage } from "../../dev/storage/server.ts";
import { containing, matching } from "./matchers.ts";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-data-"));
const dataDir = join(folder, "deep", "postgres");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a database in a folder", () => {
  it("comes up migrated, is locked while in use, and keeps its rows", async () => {
    const first = await storage({ dataDir });
    await first.database.session(OWNER, (session) => session.execute("create table kept as select 1 as n"));

    await expect(storage({ dataDir })).rejects.toThrow(`process ${process.pid} is using it`);
    await first.close();

    const second = await storage({ dataDir });
    const rows = await second.database.session(OWNER, (session) => session.execute("select n from kept"));
    await second.close();
    expect(rows).toEqual([{ n: 1 }]);
    expect(existsSync(`${dataDir}.lock`)).toBe(false);
  }, 60_000);

  it.each(["999999999", "", "nonsense", "-1"])("takes over a lock whose process is gone: %j", (content) => {
    const file = join(folder, "stale.lock");
    writeFileSync(file, content);

    const held = lock(file);

    expect(() => lock(file)).toThrow("is using it");
    held.release();
    expect(existsSync(file)).toBe(false);
  });
});

describe("migrate", () => {
  const change = (sql: string, name = "9001_test.sql"): Migration => ({ name, sql, sha256: `sha of ${sql}` });
  let run: (sql: string) => Promise<readonly unknown[]>;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const stored = await storage();
    run = (sql) => stored.database.session(OWNER, (session) => session.execute(sql));
    close = () => stored.close();
  }, 60_000);
  afterAll(() => close());

  it("does nothing the second time", async () => {
    expect(await migrate(run)).toEqual([]);
    expect(await run("select name from schema_migrations order by name")).toEqual(
      readMigrations().map(({ name }) => ({ name })),
    );
  });

  it("applies what is new, and only that", async () => {
    const all = [...readMigrations(), change("create table public.added (n int); insert into public.added values (7)")];

    expect(await migrate(run, all)).toEqual(["9001_test.sql"]);
    expect(await migrate(run, all)).toEqual([]);
    expect(await run("select n from added")).toEqual([{ n: 7 }]);
  });

  it("refuses a file that has changed since it was applied", async () => {
    await migrate(run, [change("select 1", "9002_test.sql")]);

    await expect(migrate(run, [change("select 2", "9002_test.sql")])).rejects.toThrow(
      "9002_test.sql has changed since it was applied: put it back and add a new file instead",
    );
  });

  it("keeps nothing of a file that fails, and goes on working", async () => {
    const broken = change("create table public.half (n int); select nonsense", "9003_test.sql");

    await expect(migrate(run, [broken])).rejects.toThrow(/^9003_test.sql failed, nothing of it was kept: .*nonsense/);

    expect(await run("select to_regclass('public.half') as half")).toEqual([{ half: null }]);
    expect(await migrate(run)).toEqual([]);
  });

  it("refuses a server older than 15", async () => {
    const old = () => Promise.resolve([{ server_version_num: "140012" }]);

    await expect(migrate(old)).rejects.toThrow("PostgreSQL 14 is too old: Gatehouse needs 15 or later");
  });

  it.each([
    ["", "set MIGRATE_DATABASE_URL (or DATABASE_URL) to the database, as the owner of its tables"],
    ["redis://localhost", "the database URL is not of the form postgresql://user:password@host/database"],
    ["postgresql://user:hunter2@127.0.0.1:1/db", "cannot connect to 127.0.0.1: connect ECONNREFUSED 127.0.0.1:1"],
    ["postgresql://user:hunter2@nowhere.invalid/db", "cannot connect to nowhere.invalid: getaddrinfo"],
  ])("as a program says in one line what is wrong with %j", async (url, message) => {
    const script = fileURLToPath(new URL("../../dev/migrate.ts", import.meta.url));
    const env = { ...process.env, MIGRATE_DATABASE_URL: url, DATABASE_URL: "" };

    const failure: unknown = await promisify(execFile)(process.execPath, [script], { env }).catch(
      (cause: unknown) => cause,
    );

    expect(failure).toMatchObject({ code: 1, stdout: "", stderr: containing(`migrate: ${message}`) });
    expect(failure).toMatchObject({ stderr: matching(/^[^\n]+\n$/) });
    expect(JSON.stringify(failure)).not.toContain("hunter2");
  });
});
