// The audit log in Neon: batches in one statement, poison rows aside as bytes, partitions made and dropped.

import * as z from "zod";
import type { AuditStore, JournalRow, RowRefused } from "../ports/audit-store.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import { once } from "../once.ts";
import { err, ok, type Result } from "../result.ts";
import { type DataRefused, type Sql, unavailable } from "./neon-sql.ts";

// A drain has nobody waiting for it; a cold Neon compute takes seconds to wake.
const DRAIN_TIMEOUT_MS = 15_000;

// No conflict target and no RETURNING: either would need SELECT, which the writer does not have.
// jsonb_to_record reads each record once; `->>` in the select list would parse it for every column.
const INSERT = `
  insert into audit_logs (
    event_id, ts, call_id, phase, chain_id, seq, actor_type, actor_id, on_behalf_of, key_id, session_id, source_ip,
    action, tool, cluster, namespace, decision, policy_version, outcome, reason, duration_ms,
    params, params_digest, result_digest, result_bytes, count, approval_id, record, prev_hash, hash)
  select
    r.event_id, r.ts, r.call_id, r.phase, r.chain_id, j.seq, r.actor_type, r.actor_id, r.on_behalf_of, r.key_id,
    r.session_id, r.source_ip, r.action, r.tool, r.cluster, r.namespace, r.decision, r.policy_version, r.outcome,
    r.reason, r.duration_ms, r.params, r.params_digest, r.result_digest, r.result_bytes, r.count, r.approval_id,
    j.record, j.prev_hash, j.hash
  from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as j(seq, record, prev_hash, hash)
  cross join lateral jsonb_to_record(j.record::jsonb) as r(
    event_id uuid, ts timestamptz, call_id uuid, phase text, chain_id text, actor_type text, actor_id text,
    on_behalf_of text, key_id text, session_id text, source_ip inet, action text, tool text, cluster text,
    namespace text, decision text, policy_version text, outcome text, reason text, duration_ms int,
    params jsonb, params_digest text, result_digest text, result_bytes int, count int, approval_id uuid)
  on conflict do nothing`;

const ENSURE_DAYS = `
  select audit_ensure_day(day) from (
    select distinct ((record::jsonb ->> 'ts')::timestamptz at time zone 'UTC')::date as day
    from unnest($1::text[]) as record) as days`;

const QUARANTINE = `
  insert into audit_quarantine (hash, event_ts, chain_id, seq, record, prev_hash, sql_state)
  values ($1, to_timestamp($2::float8), $3, $4, decode($5, 'hex'), $6, $7)
  on conflict do nothing`;

const MAINTAIN = `select created, dropped from audit_maintain($1, $2)`;

const CHECK_VIOLATION = "23514";
const CHARACTER_NOT_IN_REPERTOIRE = "22021";

export function neonAuditStore(sql: Sql): AuditStore {
  return {
    async insert(rows, signal) {
      if (rows.length === 0) return ok(undefined);
      // Not even the HTTP body can carry half a surrogate pair: without this the batch would be retried for ever.
      if (!rows.every((row) => row.record.isWellFormed())) return err(refused(CHARACTER_NOT_IN_REPERTOIRE));

      const first = await insertOnce(sql, rows, signal);
      if (first.ok || !isMissingPartition(first.error)) return settled(first);

      // Rows may reach us long after their day, or a little before it: the day is made, then they go in.
      const days = await sql(statement(ENSURE_DAYS, [rows.map((row) => row.record)]), signal);
      if (!days.ok) return settled(days);
      return settled(await insertOnce(sql, rows, signal));
    },

    async quarantine(row, refusal, signal) {
      const stored = await sql(statement(QUARANTINE, quarantineValues(row, refusal)), signal);
      return stored.ok ? ok(undefined) : err(asUpstream(stored.error));
    },

    async maintain({ keepDays, aheadDays }, signal) {
      const answer = await sql(statement(MAINTAIN, [keepDays, aheadDays]), signal);
      if (!answer.ok) return err(asUpstream(answer.error));
      const parsed = Maintained().safeParse(answer.value);
      return parsed.success ? ok(parsed.data[0]) : err(unavailable("audit_maintain answered in an unknown shape"));
    },
  };
}

const Maintained = once(() => z.tuple([z.object({ created: z.int(), dropped: z.int() })]));

function insertOnce(sql: Sql, rows: readonly JournalRow[], signal: AbortSignal): ReturnType<Sql> {
  const columns = [
    rows.map((row) => row.seq),
    rows.map((row) => row.record),
    rows.map((row) => row.prevHash),
    rows.map((row) => row.hash),
  ];
  return sql(statement(INSERT, columns), signal);
}

function statement(text: string, values: Parameters<Sql>[0]["values"]): Parameters<Sql>[0] {
  return { text, values, timeoutMs: DRAIN_TIMEOUT_MS };
}

/** PostgreSQL reports it as a check violation, but of no named constraint. */
function isMissingPartition(error: UpstreamFailure | DataRefused): boolean {
  return error.kind === "data_refused" && error.sqlState === CHECK_VIOLATION && error.constraint === undefined;
}

function settled(outcome: Awaited<ReturnType<Sql>>): Result<undefined, UpstreamFailure | RowRefused> {
  if (outcome.ok) return ok(undefined);
  const { error } = outcome;
  return err(error.kind === "data_refused" ? refused(error.sqlState) : error);
}

function refused(sqlState: string): RowRefused {
  return { kind: "row_refused", sqlState };
}

function asUpstream(error: UpstreamFailure | DataRefused): UpstreamFailure {
  return error.kind === "data_refused"
    ? unavailable(`PostgreSQL refused the data (SQLSTATE ${error.sqlState})`)
    : error;
}

function quarantineValues(row: JournalRow, refusal: RowRefused): Parameters<Sql>[0]["values"] {
  const { ts, chain_id: chainId } = readable(row.record);
  return [row.hash, ts ?? null, chainId ?? null, row.seq, hex(row.record), row.prevHash, refusal.sqlState];
}

// Whatever can still be read of a record that PostgreSQL refused; only for finding it again.
const Readable = once(() =>
  z.object({
    ts: z.iso
      .datetime()
      .transform((text) => Date.parse(text) / 1000)
      .refine((seconds) => seconds > 0)
      .optional()
      .catch(undefined),
    chain_id: z
      .string()
      .refine((text) => text.isWellFormed() && !text.includes("\0"))
      .optional()
      .catch(undefined),
  }),
);

function readable(record: string): Partial<z.output<ReturnType<typeof Readable>>> {
  try {
    return Readable().safeParse(JSON.parse(record)).data ?? {};
  } catch {
    return {}; // not JSON at all: the bytes are kept, and they are what counts
  }
}

function hex(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
