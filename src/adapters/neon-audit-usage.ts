// How much is called, by whom, and how long it takes: out of the lines that calls end with.

import * as z from "zod";
import { bucketsOf } from "../audit/buckets.ts";
import { once } from "../once.ts";
import { ok } from "../result.ts";
import { read } from "./audit-row-sql.ts";
import { Parameters, whereOf } from "./audit-where.ts";
import type { Result } from "../result.ts";
import type { AuditQuestion, AuditUsage, UsageCounts } from "../ports/audit-reader.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Sql } from "./neon-sql.ts";

const MAX_LISTED = 50;

/** Refusals that were too many to be written one by one stand in a line of their own, with how many they are. */
const CALLS = "((phase = 'outcome' and action = 'tool.call') or action = 'refusals')";

/** A refusal takes no time: counted in, it would make a slow tool look fast. */
const MEASURES = `
  coalesce(sum(coalesce(count, 1)), 0)::float8 as calls,
  coalesce(sum(coalesce(count, 1)) filter (where outcome in ('failed', 'unknown')), 0)::float8 as failed,
  coalesce(sum(coalesce(count, 1)) filter (where outcome = 'refused'), 0)::float8 as refused,
  percentile_cont(array[0.5, 0.95, 0.99]) within group (order by duration_ms) filter (where outcome <> 'refused') as times`;

type Asked<T> = Promise<Result<T, UpstreamFailure>>;

/** Several statements at once: each is one pass over the rows and sorts them its own way. */
export async function auditUsage(sql: Sql, asked: AuditQuestion, signal: AbortSignal): Asked<AuditUsage> {
  const { bucketS, startsMs } = bucketsOf(asked.fromMs, asked.toMs);
  const [overTime, who, byTool, byPrincipal, refusals] = await Promise.all([
    readOverTime(sql, { asked, bucketS }, signal),
    readWho(sql, asked, signal),
    readMost(sql, { asked, column: "tool" }, signal),
    readMost(sql, { asked, column: "actor_id" }, signal),
    readRefusals(sql, asked, signal),
  ]);
  if (!overTime.ok) return overTime;
  if (!who.ok) return who;
  if (!byTool.ok) return byTool;
  if (!byPrincipal.ok) return byPrincipal;
  if (!refusals.ok) return refusals;

  const byStart = new Map(overTime.value.map(({ at_ms: atMs, ...counts }) => [atMs, counts]));
  return ok({
    bucketS,
    total: { ...(byStart.get(null) ?? NONE), ...who.value[0] },
    series: startsMs.map((atMs) => ({ atMs, ...(byStart.get(atMs) ?? NONE) })),
    byTool: byTool.value.map(({ name, ...counts }) => ({ tool: name, ...counts })),
    byPrincipal: byPrincipal.value.map(({ name, ...counts }) => ({ id: name, ...counts })),
    refusals: refusals.value,
  });
}

const NONE: UsageCounts = { calls: 0, failed: 0, refused: 0, p50_ms: null, p95_ms: null, p99_ms: null };

interface OverTime {
  readonly asked: AuditQuestion;
  readonly bucketS: number;
}

/** The row without a bucket is that of them all. */
function readOverTime(sql: Sql, { asked, bucketS }: OverTime, signal: AbortSignal) {
  const parameters = new Parameters();
  const where = whereOf(asked, parameters);
  const text = `
    select extract(epoch from bucket)::float8 * 1000 as at_ms, ${MEASURES}
    from (
      select date_bin(make_interval(secs => ${parameters.add(bucketS, "int")}), ts, 'epoch') as bucket,
        outcome, duration_ms, count
      from audit_logs where ${where} and ${CALLS}) as calls
    group by rollup (bucket) limit 1000`;
  return read(sql, { text, parameters, rows: OverTimeRows }, signal);
}

/** Counted among the few pairs that there are: DISTINCT over the rows themselves would sort them all, twice. */
function readWho(sql: Sql, asked: AuditQuestion, signal: AbortSignal) {
  const parameters = new Parameters();
  const text = `
    select count(distinct actor_id)::int as principals, count(distinct nullif(session_id, ''))::int as sessions
    from (select actor_id, session_id from audit_logs where ${whereOf(asked, parameters)} and ${CALLS} group by 1, 2) as pairs
    limit 1`;
  return read(sql, { text, parameters, rows: WhoRows }, signal);
}

interface Most {
  readonly asked: AuditQuestion;
  readonly column: "tool" | "actor_id";
}

function readMost(sql: Sql, { asked, column }: Most, signal: AbortSignal) {
  const parameters = new Parameters();
  const text = `
    select ${column} as name, ${MEASURES}
    from audit_logs where ${whereOf(asked, parameters)} and ${CALLS} and ${column} is not null
    group by 1 order by calls desc, 1 limit ${MAX_LISTED}`;
  return read(sql, { text, parameters, rows: MostRows }, signal);
}

function readRefusals(sql: Sql, asked: AuditQuestion, signal: AbortSignal) {
  const parameters = new Parameters();
  const text = `
    select reason, sum(coalesce(count, 1))::float8 as count
    from audit_logs where ${whereOf(asked, parameters)} and ${CALLS} and outcome = 'refused' and reason is not null
    group by 1 order by 2 desc, 1 limit ${MAX_LISTED}`;
  return read(sql, { text, parameters, rows: Refusals }, signal);
}

const Measured = once(() => {
  const time = z.number().nullable();
  // Null where there was nothing to measure.
  return { calls: z.int(), failed: z.int(), refused: z.int(), times: z.tuple([time, time, time]).nullable() };
});

const OverTimeRows = once(() => z.array(z.object({ at_ms: z.int().nullable(), ...Measured() }).transform(spread)));
const WhoRows = once(() => z.tuple([z.object({ principals: z.int(), sessions: z.int() })]));
const MostRows = once(() => z.array(z.object({ name: z.string(), ...Measured() }).transform(spread)));
const Refusals = once(() => z.array(z.object({ reason: z.string(), count: z.int() })));

type Times = readonly [number | null, number | null, number | null];

function spread<T extends { readonly times: Times | null }>({ times, ...counts }: T) {
  const [p50, p95, p99] = times ?? [null, null, null];
  return { ...counts, p50_ms: p50, p95_ms: p95, p99_ms: p99 };
}
