// The database that the deployment will write to: its migrations, its roles, and that nobody has been granted too much.

import * as z from "zod";
import type { Migration, RunSql } from "../migrate.ts";

const Applied = z.array(z.object({ name: z.string(), sha256: z.string() }));
const Names = z.array(z.object({ name: z.string() }));
const Held = z.array(z.object({ held: z.boolean() }));

/** What each role must be able to do, and what it must not, or the log is no evidence. */
const GRANTS = [
  ["gatehouse_writer", "audit_logs", "INSERT", true],
  ["gatehouse_writer", "audit_logs", "UPDATE", false],
  ["gatehouse_writer", "audit_logs", "DELETE", false],
  ["gatehouse_writer", "audit_logs", "TRUNCATE", false],
  ["gatehouse_writer", "api_keys", "SELECT", true],
  ["gatehouse_writer", "api_keys", "INSERT", false],
  ["gatehouse_reader", "audit_logs", "SELECT", true],
  ["gatehouse_reader", "audit_logs", "INSERT", false],
  ["gatehouse_reader", "audit_logs", "DELETE", false],
] as const;

const MIGRATE = "MIGRATE_DATABASE_URL='…' npm run migrate";

/** As the owner of its tables. One sentence a fault. */
export async function databaseFaults(run: RunSql, migrations: readonly Migration[]): Promise<readonly string[]> {
  const [table] = Held.parse(await run("select to_regclass('public.schema_migrations') is not null as held"));
  if (!table?.held) return [`the database is empty: ${MIGRATE}`];
  const applied = Applied.parse(await run("select name, sha256 from public.schema_migrations order by name"));
  const behind = migrationFaults(applied, migrations);
  // Without its tables and roles, what they may do cannot be asked.
  return behind.some((fault) => fault.includes("is not applied")) ? behind : [...behind, ...(await roleFaults(run))];
}

function migrationFaults(applied: z.output<typeof Applied>, migrations: readonly Migration[]): readonly string[] {
  const known = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
  const ours = new Set(migrations.map(({ name }) => name));
  return [
    ...migrations.filter(({ name }) => !known.has(name)).map(({ name }) => `${name} is not applied: ${MIGRATE}`),
    ...migrations
      .filter(({ name, sha256 }) => known.has(name) && known.get(name) !== sha256)
      .map(({ name }) => `${name} has changed since it was applied: put it back, and add a new file instead`),
    ...applied
      .filter(({ name }) => !ours.has(name))
      .map(
        ({ name }) => `${name} is applied and not in this checkout: it is older than the database; deploy a newer one`,
      ),
  ];
}

async function roleFaults(run: RunSql): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [role, table, privilege, isMeant] of GRANTS) {
    const asked = `select has_table_privilege('${role}', 'public.${table}', '${privilege}') as held`;
    const [answer] = Held.parse(await run(asked));
    if (answer?.held === isMeant) continue;
    faults.push(
      `${role} ${isMeant ? "lacks" : "has been granted"} ${privilege} on ${table}: ${isMeant ? "grant it" : "revoke it"} as the owner`,
    );
  }
  const logins = Names.parse(await run(LOGINS));
  if (logins.length === 0)
    faults.push(
      "nobody can log in as gatehouse_writer: make a login that holds it and nothing else (docs/getting-started.md)",
    );
  return faults;
}

/** The owner holds every role that it has made: it is not the login that is meant. */
const LOGINS = `
  select rolname as name from pg_roles
  where rolcanlogin and not rolsuper and pg_has_role(oid, 'gatehouse_writer', 'USAGE')
    and oid <> (select relowner from pg_class where oid = 'public.audit_logs'::regclass)`;
