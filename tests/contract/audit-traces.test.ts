// All of a trace, out of the log: by an index over the record, of days that were there before and of those that come.

import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { Parameters, whereOf } from "../../src/adapters/audit-where.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { readMigrations } from "../../dev/migrate.ts";
import { Chain, EVERYWHERE } from "./audit-rows.ts";
import { standIns } from "./stand-ins.ts";
import type { StandIns } from "./stand-ins.ts";

const { signal } = new AbortController();
const ROWS = 1_500;
const traceOf = (at: number) => at.toString(16).padStart(32, "f");

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
}, 60_000);
afterAll(() => stand.close());

const today = () => new Date().toISOString().slice(0, 10).replaceAll("-", "");
const Names = z.array(z.object({ indexdef: z.string() }));

async function indexesOf(table: string): Promise<readonly string[]> {
  const found = await stand.sql(
    `select indexdef from pg_indexes where tablename = '${table}' and indexdef like '%trace_id%'`,
  );
  return Names.parse(found).map(({ indexdef }) => indexdef);
}

it("a question for a trace looks into the index, and reads no other row", async () => {
  const toMs = Date.now();
  const chain = new Chain();
  for (let at = 0; at < ROWS; at += 1) chain.add(toMs - ROWS + at, { trace_id: traceOf(at) });
  await neonAuditStore(neonSql(stand.bindings.DATABASE_URL)).insert(chain.rows, signal);
  await stand.sql("analyze audit_logs");
  const parameters = new Parameters();
  const sight = { principalId: "human:ona", scopes: EVERYWHERE };

  const where = whereOf({ fromMs: toMs - 3_600_000, toMs, where: { trace: [traceOf(7)] }, sight }, parameters);
  const text = `explain select * from audit_logs where ${where} order by ts desc, event_id desc limit 51`;
  const explained = await neonSql(stand.bindings.DATABASE_READER_URL)(
    { text, values: parameters.values, timeoutMs: 4_000 },
    signal,
  );

  expect(JSON.stringify(explained)).toContain("Index Cond: ((((record)::jsonb ->> 'trace_id'::text)");
  expect(JSON.stringify(explained)).not.toContain("Filter: ");
}, 60_000);

it("a day that is made later has the index as well", async () => {
  await stand.sql("select audit_ensure_day(current_date - 20)");

  const made = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
  expect(await indexesOf(`audit_logs_${made}`)).toHaveLength(1);
});

it("a day whose index was built before the migration, as the manual says, is taken as it is", async () => {
  const { sql = "" } = readMigrations().find(({ name }) => name === "0005_traces.sql") ?? {};
  await stand.sql("drop index audit_logs_trace");
  await stand.sql(
    `create index concurrently before on audit_logs_${today()} ((record::jsonb ->> 'trace_id'), ts desc)`,
  );

  await stand.sql(sql);

  expect(await indexesOf(`audit_logs_${today()}`)).toEqual([expect.stringContaining("CREATE INDEX before ON")]);
  expect(await stand.sql("select indisvalid from pg_index where indexrelid = 'audit_logs_trace'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});
