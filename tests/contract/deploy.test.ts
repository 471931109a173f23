// `npm run deploy` as a program: what it finds in a real database, what it asks of wrangler, and with which code it ends.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { databaseFaults } from "../../dev/deploy/check-database.ts";
import { readMigrations } from "../../dev/migrate.ts";
import { OWNER } from "../../dev/storage/database.ts";
import { storage } from "../../dev/storage/server.ts";
import { scriptedWrangler } from "../support/scripted-wrangler.ts";
import { ROOT } from "../support/source-files.ts";
import type { Migration, RunSql } from "../../dev/migrate.ts";
import type { ScriptedWrangler, WranglerScript } from "../support/scripted-wrangler.ts";

describe("the database", () => {
  let run: RunSql;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const stored = await storage();
    run = (sql) => stored.database.session(OWNER, (session) => session.execute(sql));
    await run("create role a_worker login in role gatehouse_writer");
    close = () => stored.close();
  }, 60_000);
  afterAll(() => close());
  const found = (migrations: readonly Migration[] = readMigrations()) => databaseFaults(run, migrations);

  it("is in order when it was migrated and has a login for the Worker", async () => {
    expect(await found()).toEqual([]);
  });

  it("is behind: which migration is missing, and what to run", async () => {
    const next = { name: "9999_next.sql", sql: "", sha256: "" };

    expect(await found([...readMigrations(), next])).toEqual([
      expect.stringMatching(/^9999_next\.sql is not applied: .*npm run migrate$/),
    ]);
  });

  it("is ahead of an old checkout, or has another file than it", async () => {
    const [first, ...rest] = readMigrations();

    expect(await found(rest)).toEqual([
      expect.stringContaining(`${first?.name ?? ""} is applied and not in this checkout`),
    ]);
    expect(
      await found(readMigrations().map((one, index) => (index === 0 ? { ...one, sha256: "other" } : one))),
    ).toEqual([expect.stringContaining("has changed since it was applied")]);
  });

  it("has granted what makes the log no evidence, or not what is needed", async () => {
    await run(
      "grant delete on public.audit_logs to gatehouse_writer; revoke select on public.audit_logs from gatehouse_reader",
    );

    expect(await found()).toEqual([
      "gatehouse_writer has been granted DELETE on audit_logs: revoke it as the owner",
      "gatehouse_reader lacks SELECT on audit_logs: grant it as the owner",
    ]);
    await run(
      "revoke delete on public.audit_logs from gatehouse_writer; grant select on public.audit_logs to gatehouse_reader",
    );
  });

  it("was never migrated", async () => {
    const empty: RunSql = (sql) => run(sql.replace("public.schema_migrations", "public.nothing_here"));

    expect(await databaseFaults(empty, readMigrations())).toEqual([expect.stringContaining("the database is empty")]);
  });
});

/** It starts wrangler's own code, and builds the page. */
describe("the program", { timeout: 60_000 }, () => {
  const REQUIRED = [
    "DATABASE_URL",
    "UPSTASH_REDIS_REST_URL",
    "UPSTASH_REDIS_REST_TOKEN",
    "KEY_PEPPER",
    "PROXY_SIGNING_KEY",
    "APPROVAL_SIGNING_KEY",
    "AUDIT_SIGNING_KEY",
  ];
  const REAL = [
    "--var",
    'CLUSTERS:[{"name":"prod","url":"https://proxy.example.com"}]',
    "--var",
    "PUBLIC_URL:https://gatehouse.example.com",
    "--accept=access",
    "--accept=database",
  ];
  let script: ScriptedWrangler | undefined;
  afterEach(() => script?.remove());

  function deploy(scripted: WranglerScript, ...words: string[]): Promise<{ code: number; said: string }> {
    script = scriptedWrangler(scripted);
    const env = { ...process.env, GATEHOUSE_WRANGLER: script.path, MIGRATE_DATABASE_URL: "" };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(ROOT, "dev/deploy.ts"), ...words],
        { env, cwd: ROOT },
        (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === "number" ? error.code : 0, said: `${stdout}${stderr}` });
        },
      );
    });
  }
  const uploads = () => script?.asked().filter((line) => line.startsWith("deploy") && !line.includes("--dry-run"));

  it("uploads nothing as the repository comes, and says everything that is missing", async () => {
    const { code, said } = await deploy({ isLoggedIn: false });

    expect(code).toBe(1);
    for (const check of ["clusters", "addresses", "access", "account", "database"])
      expect(said).toContain(`  - ${check}: `);
    expect(said).toContain("Nothing was uploaded.");
    expect(uploads()).toEqual([]);
  });

  it("needs nobody for a dry run", async () => {
    const { code, said } = await deploy({ isLoggedIn: false }, "--dry-run");

    expect(said).toContain("Would stop a deployment:");
    expect(code).toBe(0);
    expect(script?.asked()).toEqual([expect.stringMatching(/^deploy --dry-run --outdir .* --minify$/)]);
  });

  it("hands over to wrangler when all is in order, and ends as it ends", async () => {
    const done = await deploy({ secrets: REQUIRED }, ...REAL);

    expect(done).toMatchObject({ code: 0, said: expect.stringContaining("Preflight: in order.") });
    expect(uploads()).toEqual([expect.stringMatching(/^deploy --minify --var CLUSTERS:.*gatehouse\.example\.com$/)]);
    script?.remove();
    expect(await deploy({ secrets: REQUIRED, exitOfDeploy: 7 }, ...REAL)).toMatchObject({ code: 7 });
  });

  it("ends with 2 for a command line that it does not understand, before anything is asked", async () => {
    const { code, said } = await deploy({}, "--config", "other.toml");

    expect(code).toBe(2);
    expect(said).toContain("usage: npm run deploy");
    expect(script?.asked()).toEqual([]);
  });
});
