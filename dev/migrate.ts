// `npm run migrate`: brings a PostgreSQL up to date with migrations/, forward only. Running it again does nothing.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { Client } from "pg";
import * as z from "zod";
import { pgSession } from "./storage/postgres.ts";

/** Runs one SQL text of any number of statements, always on the same session; answers the last one's rows. */
export type RunSql = (sql: string) => Promise<readonly unknown[]>;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** Something the person who runs the migration has to put right. */
export class MigrationError extends Error {}

const FOLDER = new URL("../migrations/", import.meta.url);
const OLDEST_SERVER = 150_000;
// Any number, as long as it is the same for everyone who migrates.
const LOCK = 7_245_190_863;

const CREATE_TABLE = `
  create table if not exists public.schema_migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())`;

export function readMigrations(folder: URL = FOLDER): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name) => {
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name))
      throw new MigrationError(`${name}: a migration is named like 0001_some_words.sql`);
    // A checkout with CRLF line ends is the same migration.
    const sql = readFileSync(new URL(name, folder), "utf8").replaceAll("\r\n", "\n");
    return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
  });
}

/** Applies what is missing, each file in a transaction of its own, and answers the names. Two at once take turns. */
export async function migrate(run: RunSql, migrations = readMigrations()): Promise<readonly string[]> {
  const [{ server_version_num: version }] = z.tuple([Version]).parse(await run("show server_version_num"));
  if (version < OLDEST_SERVER) {
    throw new MigrationError(`PostgreSQL ${Math.floor(version / 10_000)} is too old: Gatehouse needs 15 or later`);
  }

  // Two that create one table at once can collide even with IF NOT EXISTS.
  await inTransaction(run, () => run(CREATE_TABLE));
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await inTransaction(run, () => applyOnce(run, migration))) applied.push(migration.name);
  }
  return applied;
}

const Version = z.object({ server_version_num: z.coerce.number() });
const Applied = z.array(z.object({ sha256: z.string() }));

async function applyOnce(run: RunSql, { name, sql, sha256 }: Migration): Promise<boolean> {
  const [row] = Applied.parse(await run(`select sha256 from public.schema_migrations where name = '${name}'`));
  if (row?.sha256 === sha256) return false;
  if (row) throw new MigrationError(`${name} has changed since it was applied: put it back and add a new file instead`);

  try {
    await run(sql);
  } catch (cause) {
    throw new MigrationError(`${name} failed, nothing of it was kept: ${textOf(cause)}`, { cause });
  }
  await run(`insert into public.schema_migrations (name, sha256) values ('${name}', '${sha256}')`);
  return true;
}

/** The lock ends with the transaction, so it holds behind a pooler too, where a session is not ours to keep. */
async function inTransaction<T>(run: RunSql, work: () => Promise<T>): Promise<T> {
  await run(`begin; select pg_advisory_xact_lock(${LOCK})`);
  try {
    const result = await work();
    await run("commit");
    return result;
  } catch (cause) {
    await run("rollback");
    throw cause;
  }
}

async function main(): Promise<void> {
  const url = process.env.MIGRATE_DATABASE_URL ?? process.env.DATABASE_URL;
  if (!url)
    throw new MigrationError("set MIGRATE_DATABASE_URL (or DATABASE_URL) to the database, as the owner of its tables");
  await withDatabase(url, async (run, { host, database }) => {
    const applied = await migrate(run);
    for (const name of applied) console.log(`applied ${name}`);
    console.log(applied.length > 0 ? `${database} on ${host} is up to date` : `${database} on ${host} was up to date`);
  });
}

/** For as long as the work takes; a MigrationError where there is no way to it. */
export async function withDatabase<T>(
  url: string,
  work: (run: RunSql, at: { readonly host: string; readonly database: string | undefined }) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: connectionString(url), connectionTimeoutMillis: 15_000 });
  const { host, database } = client;
  // Behind a socket that breaks, the query in flight fails as well, and that one is reported.
  client.on("error", () => undefined);

  await client.connect().catch((cause: unknown) => {
    throw new MigrationError(`cannot connect to ${host}: ${textOf(cause)}`, { cause });
  });
  try {
    const session = pgSession(client);
    return await work((sql) => session.execute(sql), { host, database });
  } finally {
    await client.end();
  }
}

/** As the driver wants it. The message of what it throws does not quote the URL, which holds a password. */
export function connectionString(url: string): string {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new MigrationError("the database URL is not of the form postgresql://user:password@host/database");
  }
  // The same thing to this driver, which would print a warning about its future meaning.
  return url.replace("sslmode=require", "sslmode=verify-full");
}

function textOf(cause: unknown): string {
  // Connection attempts to several addresses fail together, with the text inside.
  const error: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.main) {
  await main().catch((cause: unknown) => {
    console.error(`migrate: ${textOf(cause)}`);
    process.exitCode = 1;
  });
}
