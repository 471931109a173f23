// A row of the audit log as it is read, and how its statements are asked.

import * as z from "zod";
import { once } from "../once.ts";
import { AuditRow } from "../ports/audit-row.ts";
import { err, ok } from "../result.ts";
import { unavailable } from "./neon-sql.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Parameters } from "./audit-where.ts";
import type { Sql } from "./neon-sql.ts";

/** Somebody looks at an empty page meanwhile. */
export const READ_TIMEOUT_MS = 4_000;

export const iso = (moment: string) => `to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const COLUMNS = `
  event_id as id, ${iso("ts")} as ts, call_id, phase, chain_id, seq, actor_id as actor, actor_type, on_behalf_of, key_id,
  nullif(session_id, '') as session_id, host(source_ip) as source_ip, action, tool, cluster, namespace, decision,
  policy_version, outcome, reason, duration_ms, result_bytes, result_digest, approval_id,
  record::jsonb ->> 'trace_id' as trace_id, count, params is not null as has_payload`;

/** The record is read for the rows that were found alone. */
export function rowsOf(found: string, order: "asc" | "desc"): string {
  return `
    select json_strip_nulls(row_to_json(r)) as row
    from (select ${COLUMNS} from (${found}) as found order by found.ts ${order}, found.event_id ${order}) as r`;
}

export const FoundRows = once(() => z.array(z.object({ row: AuditRow() }).transform(({ row }) => row)));

export interface Reading<T> {
  readonly text: string;
  readonly parameters: Parameters;
  readonly rows: () => z.ZodType<T>;
}

/** One statement, and its rows as they must be. */
export async function read<T>(sql: Sql, reading: Reading<T>, signal: AbortSignal): Promise<Result<T, UpstreamFailure>> {
  const { text, parameters, rows } = reading;
  const answered = await sql({ text, values: parameters.values, timeoutMs: READ_TIMEOUT_MS }, signal);
  if (!answered.ok) return err(answered.error.kind === "data_refused" ? REFUSED : answered.error);
  const parsed = rows().safeParse(answered.value);
  return parsed.success ? ok(parsed.data) : err(unavailable("rows of the audit log have an unknown shape"));
}

const REFUSED = unavailable("PostgreSQL refused a value of the question");
