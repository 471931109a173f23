// Approvals in the SQLite of their object: a row each, what is asked and judged in columns, the rest as it was requested.

import * as z from "zod";
import { once } from "../once.ts";
import type { Approval } from "../ports/approvals.ts";
import { APPROVAL_STATES, Decision, NewApproval } from "../ports/approvals.ts";
import { KeptTrace } from "../ports/tracing.ts";
import type { ApprovalStore, AsOf, Decided, LastRun, NewRun, PastRuns } from "../ports/approval-store.ts";
import type { ApprovalCounts } from "../ports/metrics.ts";
import type { RunState } from "../ports/runs.ts";
import type { TraceContext } from "../trace-context.ts";
import type { SyncSql } from "./sqlite-journal.ts";

// `start_at_ms`: when the run's instance is to be made, until it is known to be there. `trace`: of the call that consumed it.
const SCHEMA = `
  create table if not exists approvals (id text primary key, state text not null, revision integer not null,
    requester text not null, runbook text not null, target text not null, requested_at_ms integer not null,
    expires_at_ms integer not null, ended_at_ms integer, mismatches integer not null, decisions text not null,
    run_id text, start_at_ms integer, run_state text, run_ended_at_ms integer, asked text not null,
    trace text) strict;
  create index if not exists approvals_open on approvals (expires_at_ms) where state in ('requested', 'approved');
  create index if not exists approvals_ended on approvals (ended_at_ms) where ended_at_ms is not null;
  create index if not exists approvals_runs on approvals (runbook, ended_at_ms) where state = 'consumed';
  create index if not exists approvals_starts on approvals (start_at_ms) where start_at_ms is not null;`;

/** A table from before runs went on in the trace of their call lacks it. */
const HAS_TRACE = "select 1 from pragma_table_info('approvals') where name = 'trace'";
const ADD_TRACE = "alter table approvals add column trace text";

const IS_OPEN = "state in ('requested', 'approved')";

export class SqliteApprovals implements ApprovalStore {
  readonly #sql: SyncSql;

  constructor(sql: SyncSql) {
    this.#sql = sql;
    Array.from(sql.exec(SCHEMA));
    if (Array.from(sql.exec(HAS_TRACE)).length === 0) this.#write(ADD_TRACE);
  }

  insert({ id, state, requestedAtMs, expiresAtMs, decisions, mismatches, revision, ...asked }: Approval): void {
    this.#write(
      `insert into approvals (id, state, revision, requester, runbook, target, requested_at_ms, expires_at_ms,
         mismatches, decisions, asked) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, state, revision, asked.requester.id, asked.runbook.id, targetKey(asked), requestedAtMs, expiresAtMs],
      ...[mismatches, JSON.stringify(decisions), JSON.stringify(asked)],
    );
  }

  find(id: string): Approval | undefined {
    return this.#rows("select * from approvals where id = ?", id)[0];
  }

  open(limit: number): readonly Approval[] {
    return this.#rows(`select * from approvals where ${IS_OPEN} order by expires_at_ms, id limit ?`, limit);
  }

  ended(limit: number): readonly Approval[] {
    const isEnded = "ended_at_ms is not null";
    return this.#rows(`select * from approvals where ${isEnded} order by ended_at_ms desc, id limit ?`, limit);
  }

  expiriesOf(principalId: string): readonly number[] {
    const query = `select expires_at_ms as value from approvals where ${IS_OPEN} and requester = ? order by 1`;
    return this.#numbers(query, principalId);
  }

  due(nowMs: number, limit: number): readonly string[] {
    const query = `select id as value from approvals where ${IS_OPEN} and expires_at_ms <= ? order by expires_at_ms limit ?`;
    return this.#texts(query, nowMs, limit);
  }

  nextExpiryMs(): number | undefined {
    return this.#numbers(`select expires_at_ms as value from approvals where ${IS_OPEN} order by 1 limit 1`)[0];
  }

  decide(id: string, { decision, state, expiresAtMs, endedAtMs }: Decided, asOf: AsOf): Approval | undefined {
    return this.#rows(
      `update approvals set state = ?, expires_at_ms = ?, ended_at_ms = nullif(?, -1), revision = revision + 1,
         decisions = json_insert(decisions, '$[#]', json(?))
       where id = ? and state = 'requested' and ? < expires_at_ms and revision = ? returning *`,
      ...[state, expiresAtMs, endedAtMs ?? -1, JSON.stringify(decision), id, asOf.nowMs, asOf.revision],
    )[0];
  }

  cancel(id: string, nowMs: number): Approval | undefined {
    return this.#rows(
      `update approvals set state = 'cancelled', ended_at_ms = ?, revision = revision + 1
       where id = ? and ${IS_OPEN} and ? < expires_at_ms returning *`,
      ...[nowMs, id, nowMs],
    )[0];
  }

  expire(id: string, nowMs: number): Approval | undefined {
    return this.#rows(
      `update approvals set state = 'expired', ended_at_ms = expires_at_ms, revision = revision + 1
       where id = ? and ${IS_OPEN} and expires_at_ms <= ? returning *`,
      ...[id, nowMs],
    )[0];
  }

  mismatch(id: string, { most, nowMs }: { readonly most: number; readonly nowMs: number }): Approval | undefined {
    // What the right-hand sides read is the row as it was before.
    return this.#rows(
      `update approvals set mismatches = mismatches + 1,
         state = iif(mismatches + 1 >= ?, 'revoked', state),
         ended_at_ms = iif(mismatches + 1 >= ?, ?, null),
         revision = revision + iif(mismatches + 1 >= ?, 1, 0)
       where id = ? and ${IS_OPEN} and ? < expires_at_ms returning *`,
      ...[most, most, nowMs, most, id, nowMs],
    )[0];
  }

  consume(id: string, { runId, startAtMs, trace }: NewRun, { revision, nowMs }: AsOf): Approval | undefined {
    return this.#rows(
      `update approvals set state = 'consumed', run_id = ?, ended_at_ms = ?, start_at_ms = ?, trace = nullif(?, ''),
         revision = revision + 1
       where id = ? and state = 'approved' and ? < expires_at_ms and revision = ? returning *`,
      ...[runId, nowMs, startAtMs, trace ? JSON.stringify(trace) : "", id, nowMs, revision],
    )[0];
  }

  /** Of the call that consumed it. */
  traceOf(id: string): TraceContext | undefined {
    const query = "select trace as value from approvals where id = ? and trace is not null";
    const [text] = this.#texts(query, id);
    return text === undefined ? undefined : json(KeptTrace()).parse(text);
  }

  runEnded(runId: string, { state, nowMs }: { readonly state: RunState; readonly nowMs: number }) {
    return this.#rows(
      `update approvals set run_state = ?, run_ended_at_ms = ?, start_at_ms = null
       where run_id = ? and run_ended_at_ms is null returning *`,
      ...[state, nowMs, runId],
    )[0];
  }

  prune(endedBeforeMs: number): void {
    this.#write("delete from approvals where ended_at_ms < ?", endedBeforeMs);
  }

  unstarted(nowMs: number): readonly Approval[] {
    return this.#rows("select * from approvals where start_at_ms <= ? order by start_at_ms limit 100", nowMs);
  }

  nextStartMs(): number | undefined {
    const query = "select start_at_ms as value from approvals where start_at_ms is not null order by 1 limit 1";
    return this.#numbers(query)[0];
  }

  started(id: string, againAtMs: number | undefined): void {
    this.#write(
      "update approvals set start_at_ms = nullif(?, -1) where id = ? and start_at_ms is not null",
      ...[againAtMs ?? -1, id],
    );
  }

  running(runbookId: string): readonly string[] {
    const isRunning = "state = 'consumed' and run_ended_at_ms is null";
    return this.#texts(`select run_id as value from approvals where runbook = ? and ${isRunning}`, runbookId);
  }

  lastRun(of: Pick<Approval, "runbook" | "cluster" | "paramsDigest">): LastRun | undefined {
    const query = `select ended_at_ms as consumed, run_ended_at_ms as ended from approvals
      where runbook = ? and state = 'consumed' and target = ? order by ended_at_ms desc limit 1`;
    const [row] = Array.from(this.#sql.exec(query, of.runbook.id, targetKey(of)));
    if (!row) return undefined;
    const { consumed, ended } = Moments().parse(row);
    return { consumedAtMs: consumed, endedAtMs: ended ?? undefined };
  }

  counts(): ApprovalCounts {
    const query = "select state, count(*) as count, min(requested_at_ms) as oldest from approvals group by state";
    const rows = Array.from(this.#sql.exec(query), (row) => States().parse(row));
    return {
      states: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
      oldestWaitingMs: rows.find(({ state }) => state === "requested")?.oldest,
    };
  }

  past({ id, runbook, endedAtMs }: Approval, sinceMs: number): PastRuns {
    const runs = "runbook = ? and state = 'consumed' and id <> ?";
    const query = `select count(*) as runs, count(*) filter (where run_state in ('failed', 'ambiguous')) as failed,
      (select json_extract(asked, '$.runbook.digest') from approvals
        where ${runs} and ended_at_ms <= ? order by ended_at_ms desc limit 1) as digest
      from approvals where ${runs} and ended_at_ms >= ?`;
    const until = endedAtMs ?? Number.MAX_SAFE_INTEGER;
    const [row] = Array.from(this.#sql.exec(query, ...[runbook.id, id, until, runbook.id, id, sinceMs]));
    const counted = Counted().parse(row);
    return { runs: counted.runs, failed: counted.failed, lastDigest: counted.digest ?? undefined };
  }

  #rows(query: string, ...bindings: (string | number)[]): Approval[] {
    return Array.from(this.#sql.exec(query, ...bindings), (row) => Row().parse(row));
  }

  #numbers(query: string, ...bindings: (string | number)[]): number[] {
    return Array.from(this.#sql.exec(query, ...bindings), ({ value }) => z.number().parse(value));
  }

  #texts(query: string, ...bindings: (string | number)[]): string[] {
    return Array.from(this.#sql.exec(query, ...bindings), ({ value }) => z.string().parse(value));
  }

  #write(query: string, ...bindings: (string | number)[]): void {
    Array.from(this.#sql.exec(query, ...bindings));
  }
}

/** What must rest between two runs. */
function targetKey({ cluster, paramsDigest }: Pick<Approval, "cluster" | "paramsDigest">): string {
  return `${cluster} ${paramsDigest}`;
}

const json = <T extends z.ZodType>(schema: T) => z.string().transform((text) => schema.parse(JSON.parse(text)));

const Row = once(() =>
  z
    .object({
      id: z.string(),
      state: z.enum(APPROVAL_STATES),
      revision: z.int(),
      requested_at_ms: z.number(),
      expires_at_ms: z.number(),
      ended_at_ms: z.number().nullable(),
      mismatches: z.int(),
      decisions: json(z.array(Decision())),
      run_id: z.string().nullable(),
      asked: json(NewApproval()),
    })
    .transform((row): Approval => ({
      ...row.asked,
      id: row.id,
      state: row.state,
      requestedAtMs: row.requested_at_ms,
      expiresAtMs: row.expires_at_ms,
      decisions: row.decisions,
      mismatches: row.mismatches,
      revision: row.revision,
      ...(row.ended_at_ms !== null && { endedAtMs: row.ended_at_ms }),
      ...(row.run_id !== null && { runId: row.run_id }),
    })),
);

const States = once(() => z.object({ state: z.string(), count: z.int(), oldest: z.number() }));
const Moments = once(() => z.object({ consumed: z.number(), ended: z.number().nullable() }));
const Counted = once(() => z.object({ runs: z.int(), failed: z.int(), digest: z.string().nullable() }));
