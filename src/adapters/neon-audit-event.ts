// One row of the audit log with its story: what else belongs to it, and whether it stands in its chain as it was written.

import * as z from "zod";
import { link, sha256 } from "../audit/record.ts";
import { once } from "../once.ts";
import { AuditRow } from "../ports/audit-row.ts";
import { ok } from "../result.ts";
import { FoundRows, iso, read, rowsOf } from "./audit-row-sql.ts";
import { Parameters, seenBy } from "./audit-where.ts";
import type { Result } from "../result.ts";
import type { AuditFound, AuditPosition, AuditSight } from "../ports/audit-reader.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Sql } from "./neon-sql.ts";

interface Wanted {
  readonly at: AuditPosition;
  readonly sight: AuditSight;
}

const MAX_TIMELINE = 200;
/** A call's lines lie in one chain; the last of an interrupted one is written when its object next wakes. */
const CALL_SPAN_MS = 86_400_000;
/** An approval waits for days at most, and its run is over soon after. */
const APPROVAL_SPAN_MS = 14 * 86_400_000;

type Asked<T> = Promise<Result<T, UpstreamFailure>>;

export async function auditEvent(sql: Sql, wanted: Wanted, signal: AbortSignal): Asked<AuditFound | undefined> {
  const found = await findRow(sql, wanted, signal);
  if (!found.ok || !found.value) return found.ok ? ok(undefined) : found;
  const { row, record, prev_hash: prevHash, hash } = found.value;
  const about = { row, at: wanted.at, sight: wanted.sight };
  const [timeline, context] = await Promise.all([readTimeline(sql, about, signal), readContext(sql, row, signal)]);
  if (!timeline.ok) return timeline;
  if (!context.ok) return context;

  const { predecessors, checkpoint } = context.value;
  // The first link builds on the chain's own name.
  const before = row.seq === 1 ? [sha256(row.chain_id)] : predecessors;
  const intact = verdictOn({ isItself: link(prevHash, record) === hash, before, prevHash });
  return ok({ row, timeline: timeline.value, prevHash, hash, intact, checkpoint });
}

interface Linked {
  /** Its hash is that of what stands in it. */
  readonly isItself: boolean;
  /** The hashes on which it may build. */
  readonly before: readonly string[];
  readonly prevHash: string;
}

function verdictOn({ isItself, before, prevHash }: Linked): AuditFound["intact"] {
  if (!isItself) return "broken";
  if (before.length === 0) return "predecessor_not_found";
  return before.includes(prevHash) ? "intact" : "broken";
}

async function findRow(sql: Sql, { at, sight }: Wanted, signal: AbortSignal): Asked<Found | undefined> {
  const parameters = new Parameters();
  const own = `ts = ${parameters.addTime(at.tsMs)} and event_id = ${parameters.add(at.id, "uuid")}`;
  const text = `
    select shown.row, kept.record, kept.prev_hash, kept.hash
    from (${rowsOf(`select * from audit_logs where ${own} and ${seenBy(sight, parameters)} limit 1`, "asc")}) as shown
    cross join (select record, prev_hash, hash from audit_logs where ${own} limit 1) as kept`;
  const found = await read(sql, { text, parameters, rows: FoundOne }, signal);
  return found.ok ? ok(found.value[0]) : found;
}

const FoundOne = once(() =>
  z.array(z.object({ row: AuditRow(), record: z.string(), prev_hash: z.string(), hash: z.string() })).max(1),
);
type Found = z.output<ReturnType<typeof FoundOne>>[number];

interface About extends Wanted {
  readonly row: AuditRow;
}

async function readTimeline(sql: Sql, { row, at, sight }: About, signal: AbortSignal): Asked<AuditRow[]> {
  const parameters = new Parameters();
  const around = (spanMs: number) =>
    `ts between ${parameters.addTime(at.tsMs - spanMs)} and ${parameters.addTime(at.tsMs + spanMs)}`;
  const ofCall = `
    select * from audit_logs
    where ${around(CALL_SPAN_MS)} and chain_id = ${parameters.add(row.chain_id, "text")}
      and call_id = ${parameters.add(row.call_id, "uuid")}`;
  const { approval_id: approvalId } = row;
  const ofApproval =
    approvalId === undefined
      ? ""
      : `union
    select * from audit_logs
    where ${around(APPROVAL_SPAN_MS)} and approval_id = ${parameters.add(approvalId, "uuid")}`;
  const all = `
    select * from (${ofCall} ${ofApproval}) as together
    where ${seenBy(sight, parameters)} order by ts, event_id limit ${MAX_TIMELINE}`;
  return read(sql, { text: rowsOf(all, "asc"), parameters, rows: FoundRows }, signal);
}

/** What stands before it in its chain, and what was signed after it. */
async function readContext(sql: Sql, { chain_id: chainId, seq }: AuditRow, signal: AbortSignal): Asked<Context> {
  const parameters = new Parameters();
  const chain = parameters.add(chainId, "text");
  const position = parameters.add(seq, "bigint");
  const text = `
    select
      array(select hash from audit_logs where chain_id = ${chain} and seq = ${position} - 1 limit 5) as predecessors,
      (select json_build_object('seq', seq, 'ts', ${iso("ts")}, 'kid', kid) from audit_checkpoints
       where chain_id = ${chain} and seq >= ${position} order by seq limit 1) as checkpoint`;
  const found = await read(sql, { text, parameters, rows: Contexts }, signal);
  return found.ok ? ok(found.value[0]) : found;
}

const Contexts = once(() =>
  z.tuple([
    z.object({
      predecessors: z.array(z.string()),
      checkpoint: z
        .object({ seq: z.int(), ts: z.iso.datetime(), kid: z.string() })
        .nullable()
        .transform((checkpoint) => checkpoint ?? undefined),
    }),
  ]),
);
type Context = z.output<ReturnType<typeof Contexts>>[0];
