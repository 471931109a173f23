// What the rows of a question amount to: how many over time, and the values that are most frequent.

import * as z from "zod";
import { bucketsOf } from "../audit/buckets.ts";
import { once } from "../once.ts";
import { ok } from "../result.ts";
import { read } from "./audit-row-sql.ts";
import { Parameters, whereOf } from "./audit-where.ts";
import type { Result } from "../result.ts";
import type { AuditQuestion, AuditSums, AuditTally } from "../ports/audit-reader.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Sql } from "./neon-sql.ts";

const MAX_VALUES = 10;

/**
 * Fields that go together are counted together first, in one pass over the rows that leaves few to count each by itself:
 * a session has one actor and one key, and of the others there are few values.
 */
const GROUPS = [
  { fields: { actor: "actor_id", key: "key_id", session: "nullif(session_id, '')" }, but: "" },
  {
    fields: {
      ...{ tool: "tool", action: "action", outcome: "outcome", reason: "reason" },
      ...{ cluster: "cluster", namespace: "namespace" },
    },
    but: "",
  },
  { fields: { approval: "approval_id::text" }, but: " and approval_id is not null" },
] as const;

type Asked<T> = Promise<Result<T, UpstreamFailure>>;

export async function auditSummary(sql: Sql, asked: AuditQuestion, signal: AbortSignal): Asked<AuditSums> {
  const { bucketS, startsMs } = bucketsOf(asked.fromMs, asked.toMs);
  const [counted, found] = await Promise.all([
    countOverTime(sql, { asked, bucketS }, signal),
    countValues(sql, asked, signal),
  ]);
  if (!counted.ok) return counted;
  if (!found.ok) return found;

  const byStart = new Map(counted.value.map(({ at_ms: atMs, ...tally }) => [atMs, tally]));
  const histogram = startsMs.map((atMs) => ({ atMs, ...(byStart.get(atMs) ?? NONE) }));
  const total = histogram.reduce(
    (sum, { ok: fine, failed, refused, other }) => sum + fine + failed + refused + other,
    0,
  );
  return ok({ total, bucketS, histogram, facets: byField(found.value) });
}

const NONE: AuditTally = { ok: 0, failed: 0, refused: 0, other: 0 };

interface OverTime {
  readonly asked: AuditQuestion;
  readonly bucketS: number;
}

function countOverTime(sql: Sql, { asked, bucketS }: OverTime, signal: AbortSignal) {
  const parameters = new Parameters();
  const bucket = `date_bin(make_interval(secs => ${parameters.add(bucketS, "int")}), ts, 'epoch')`;
  const among = (outcomes: string) => `coalesce(sum(n) filter (where outcome ${outcomes}), 0)::float8`;
  // By outcome first: a sum under a condition for each column would be asked of every row.
  const text = `
    select extract(epoch from bucket)::float8 * 1000 as at_ms, ${among("= 'ok'")} as ok, ${among("= 'failed'")} as failed,
      ${among("= 'refused'")} as refused,
      coalesce(sum(n) filter (where outcome is null or outcome not in ('ok', 'failed', 'refused')), 0)::float8 as other
    from (
      select ${bucket} as bucket, outcome, sum(coalesce(count, 1)) as n
      from audit_logs where ${whereOf(asked, parameters)} and phase <> 'intent' group by 1, 2) as counted
    group by bucket limit 1000`;
  return read(sql, { text, parameters, rows: OverTimeRows }, signal);
}

const OverTimeRows = once(() =>
  z.array(z.object({ at_ms: z.int(), ok: z.int(), failed: z.int(), refused: z.int(), other: z.int() })),
);

function countValues(sql: Sql, asked: AuditQuestion, signal: AbortSignal): Asked<readonly Value[]> {
  const parameters = new Parameters();
  const where = whereOf(asked, parameters);
  const groups = GROUPS.map(({ fields, but }, index) => {
    const names = Object.keys(fields);
    const columns = Object.entries(fields).map(([name, column]) => `${column} as ${name}_value`);
    return {
      grouped: `group_${index} as materialized (
        select ${columns.join(", ")}, sum(coalesce(count, 1)) as n from audit_logs
        where ${where} and phase <> 'intent'${but} group by ${names.map((_, at) => at + 1).join(", ")})`,
      tops: names.map(
        (name) => `(
        select '${name}' as field, ${name}_value as value, sum(n)::float8 as count from group_${index}
        where ${name}_value is not null group by 2 order by 3 desc, 2 limit ${MAX_VALUES})`,
      ),
    };
  });
  const text = `
    with ${groups.map(({ grouped }) => grouped).join(", ")}
    ${groups.flatMap(({ tops }) => tops).join(" union all ")}`;
  return read(sql, { text, parameters, rows: Values }, signal);
}

const COUNTED = [
  ...(["actor", "key", "session", "tool", "action"] as const),
  ...(["outcome", "reason", "cluster", "namespace", "approval"] as const),
] as const;

const Values = once(() => z.array(z.object({ field: z.enum(COUNTED), value: z.string(), count: z.int() })));
type Value = z.output<ReturnType<typeof Values>>[number];

function byField(values: readonly Value[]): AuditSums["facets"] {
  const ofField = (field: Value["field"]) =>
    values
      .filter((each) => each.field === field)
      .toSorted((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
      .map(({ value, count }) => ({ value, count }));
  return Object.fromEntries(
    COUNTED.map((field) => [field, ofField(field)] as const).filter(([, found]) => found.length > 0),
  );
}
