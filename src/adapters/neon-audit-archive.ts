// The audit log in Neon as its readers see it: in pages by keyset, each one statement that an index answers.

import { err, ok } from "../result.ts";
import { Bounds, Checkpoints, Days, Hashes, Roots, Rows } from "./archive-answers.ts";
import { unavailable } from "./neon-sql.ts";
import type * as z from "zod";
import type { ArchivedCheckpoint, AuditArchive, Span } from "../ports/audit-archive.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { DataRefused, Sql, SqlValue } from "./neon-sql.ts";

/** A page of a busy day, from a compute that may have to wake first. */
const TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;

// Text in UTC and to the microsecond: through a JavaScript date the last three digits would be lost, and with them rows.
const utc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const ROW = `chain_id, seq::text as seq, event_id::text as event_id, ${utc("ts")} as ts, ${utc("ingested_at")} as ingested_at,
  prev_hash, hash, record`;
const CHECKPOINT = `chain_id, seq::text as seq, hash, ${utc("ts")} as ts, final, statement, kid, signature,
  ${utc("stored_at")} as stored_at`;
const ROOT = "to_char(day, 'YYYY-MM-DD') as day, root, chains::text as chains, prev_root, statement, kid, signature";

const ARRIVED = `
  select ${ROW} from audit_logs
  where ingested_at >= $1::timestamptz and ingested_at < $2::timestamptz
    and (ingested_at, event_id, ts) > ($3::timestamptz, $4::uuid, $5::timestamptz)
  order by audit_logs.ingested_at, audit_logs.event_id, audit_logs.ts limit $6::int`;

const ROWS_OF_DAY = `
  select ${ROW} from audit_logs
  where ts >= $1::timestamptz and ts < $2::timestamptz
    and ingested_at >= $3::timestamptz and ingested_at < $4::timestamptz
    and (chain_id, seq, event_id, ts) > ($5, $6::bigint, $7::uuid, $8::timestamptz)
  order by chain_id, audit_logs.seq, audit_logs.event_id, audit_logs.ts limit $9::int`;

const HASHES_AT = `
  select l.chain_id, l.seq::text as seq, l.hash
  from unnest($1::text[], $2::bigint[]) as p(chain_id, seq)
  join audit_logs l on l.chain_id = p.chain_id and l.seq = p.seq
  union all
  select q.chain_id, q.seq::text, q.hash
  from unnest($1::text[], $2::bigint[]) as p(chain_id, seq)
  join audit_quarantine q on q.chain_id = p.chain_id and q.seq = p.seq`;

const CHECKPOINTS_ARRIVED = `
  select ${CHECKPOINT} from audit_checkpoints
  where stored_at >= $1::timestamptz and stored_at < $2::timestamptz
    and (stored_at, chain_id, seq, final) > ($3::timestamptz, $4, $5::bigint, $6::int::boolean)
  order by audit_checkpoints.stored_at, chain_id, audit_checkpoints.seq, final limit $7::int`;

const CHECKPOINTS_OF_DAY = `
  select ${CHECKPOINT} from audit_checkpoints
  where ts >= $1::timestamptz and ts < $2::timestamptz
    and (chain_id, seq, final) > ($3, $4::bigint, $5::int::boolean)
  order by chain_id, audit_checkpoints.seq, final limit $6::int`;

const LAST_CHECKPOINTS_OF_DAY = `
  select distinct on (chain_id) ${CHECKPOINT} from audit_checkpoints
  where ts >= $1::timestamptz and ts < $2::timestamptz and chain_id > $3
  order by chain_id, audit_checkpoints.seq desc, final desc limit $4::int`;

const ROOTS = `select ${ROOT} from audit_roots where day >= $1::date and day <= $2::date order by audit_roots.day`;
const LAST_ROOT = `select ${ROOT} from audit_roots order by audit_roots.day desc limit 1`;

const DAYS_ARRIVED = `
  select distinct to_char(ts at time zone 'UTC', 'YYYY-MM-DD') as day from audit_logs
  where ingested_at >= $1::timestamptz and ingested_at < $2::timestamptz order by 1`;

const BOUNDS = `
  select ${utc("now()")} as now,
         (select to_char(min(ts) at time zone 'UTC', 'YYYY-MM-DD') from audit_logs) as first_row_day,
         (select to_char(min(ts) at time zone 'UTC', 'YYYY-MM-DD') from audit_checkpoints) as first_checkpoint_day,
         (select ${utc("max(ts)")} from audit_checkpoints) as last_checkpoint_at,
         (select count(*)::text from audit_quarantine) as quarantined`;

/** `sql` of a role that may read, which the Worker's own may not. */
export function neonAuditArchive(sql: Sql): AuditArchive {
  const ask = asking(sql);
  return { ...rowsIn(ask), ...evidenceIn(ask) };
}

interface Question<T> {
  readonly text: string;
  readonly values: readonly SqlValue[];
  readonly schema: () => T;
}

type Ask = <T extends z.ZodType>(
  question: Question<T>,
  signal: AbortSignal,
) => Promise<Result<z.output<T>, UpstreamFailure>>;

function asking(sql: Sql): Ask {
  return async ({ text, values, schema }, signal) => {
    const answer = await sql({ text, values, timeoutMs: TIMEOUT_MS }, signal);
    if (!answer.ok) return err(asUpstream(answer.error));
    const parsed = schema().safeParse(answer.value);
    return parsed.success ? ok(parsed.data) : err(unavailable("the audit log holds what is no part of one"));
  };
}

type OfRows = "arrived" | "rowsOfDay" | "hashesAt" | "predecessorHashes" | "daysArrived" | "bounds";

function rowsIn(ask: Ask): Pick<AuditArchive, OfRows> {
  const hashesAt: AuditArchive["hashesAt"] = (places, signal) => {
    const values = [places.map(({ chainId }) => chainId), places.map(({ seq }) => seq)];
    return ask({ text: HASHES_AT, values, schema: Hashes }, signal);
  };
  return {
    arrived({ after, limit, ...span }, signal) {
      const [from, to] = between(span);
      // Once more as the lower bound: an index of ranges knows nothing of comparing three columns at once.
      const start = after ? [after.ingestedAt, after.eventId, after.ts] : [from, NO_EVENT, "-infinity"];
      const values = [after?.ingestedAt ?? from, to, ...start, limit];
      return ask({ text: ARRIVED, values, schema: Rows }, signal);
    },

    rowsOfDay({ after, limit, day, arrived }, signal) {
      const start = after ? [after.chainId, after.seq, after.eventId, after.ts] : ["", 0, NO_EVENT, "-infinity"];
      const came = arrived ? between(arrived) : ["-infinity", "infinity"];
      return ask({ text: ROWS_OF_DAY, values: [...within(day), ...came, ...start, limit], schema: Rows }, signal);
    },

    hashesAt,
    predecessorHashes(rows, signal) {
      const places = rows.map(({ chainId, seq }) => ({ chainId, seq: seq - 1 }));
      return hashesAt(places, signal);
    },

    daysArrived: (span, signal) => ask({ text: DAYS_ARRIVED, values: between(span), schema: Days }, signal),

    async bounds(signal) {
      const found = await ask({ text: BOUNDS, values: [], schema: Bounds }, signal);
      return found.ok ? ok(found.value[0]) : found;
    },
  };
}

function evidenceIn(ask: Ask): Omit<AuditArchive, OfRows> {
  return {
    checkpointsArrived({ after, limit, ...span }, signal) {
      const start = after ? [after.storedAt, ...placeOf(after)] : ["-infinity", "", 0, 0];
      const values = [...between(span), ...start, limit];
      return ask({ text: CHECKPOINTS_ARRIVED, values, schema: Checkpoints }, signal);
    },

    checkpointsOfDay({ day, after, limit }, signal) {
      const values = [...within(day), ...(after ? placeOf(after) : ["", 0, 0]), limit];
      return ask({ text: CHECKPOINTS_OF_DAY, values, schema: Checkpoints }, signal);
    },

    lastCheckpointsOfDay({ day, after, limit }, signal) {
      const values = [...within(day), after ?? "", limit];
      return ask({ text: LAST_CHECKPOINTS_OF_DAY, values, schema: Checkpoints }, signal);
    },

    roots: ({ fromDay, toDay }, signal) => ask({ text: ROOTS, values: [fromDay, toDay], schema: Roots }, signal),

    async lastRoot(signal) {
      const found = await ask({ text: LAST_ROOT, values: [], schema: Roots }, signal);
      return found.ok ? ok(found.value[0]) : found;
    },
  };
}

function asUpstream(error: UpstreamFailure | DataRefused): UpstreamFailure {
  return error.kind === "data_refused"
    ? unavailable(`PostgreSQL refused the question (SQLSTATE ${error.sqlState})`)
    : error;
}

/** Before every other one. */
const NO_EVENT = "00000000-0000-0000-0000-000000000000";

const moment = (atMs: number) => new Date(atMs).toISOString();
const between = ({ fromMs, toMs }: Span): readonly [string, string] => [moment(fromMs), moment(toMs)];

function within(day: string) {
  const fromMs = Date.parse(`${day}T00:00:00.000Z`);
  return between({ fromMs, toMs: fromMs + DAY_MS });
}

function placeOf({ chainId, seq, isFinal }: Pick<ArchivedCheckpoint, "chainId" | "seq" | "isFinal">) {
  return [chainId, seq, isFinal ? 1 : 0] as const;
}
