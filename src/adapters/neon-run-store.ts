// Runs in Neon: each copy is the whole run in one statement, which takes it only if it is newer than what is there.

import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { type DataRefused, type Sql, unavailable } from "./neon-sql.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Run, RunStep, RunStore } from "../ports/runs.ts";

// Nobody waits for it; a cold Neon compute takes seconds to wake.
const TIMEOUT_MS = 15_000;

const PUT = "select put_run($1::jsonb)";
const PRUNE = "select dropped from runs_maintain($1)";

export function neonRunStore(sql: Sql): RunStore {
  return {
    async put(run, signal) {
      const stored = await sql({ text: PUT, values: [rowOf(run)], timeoutMs: TIMEOUT_MS }, signal);
      return stored.ok ? ok(undefined) : err(asUpstream(stored.error));
    },

    async prune(keepDays, signal) {
      const answer = await sql({ text: PRUNE, values: [keepDays], timeoutMs: TIMEOUT_MS }, signal);
      if (!answer.ok) return err(asUpstream(answer.error));
      const parsed = Pruned().safeParse(answer.value);
      return parsed.success ? ok(parsed.data[0]) : err(unavailable("runs_maintain answered in an unknown shape"));
    },
  };
}

const Pruned = once(() => z.tuple([z.object({ dropped: z.int() })]));

/** By the names of the columns. What a cluster has said stands in it, and a cluster may say anything. */
function rowOf({ runbook, steps, ...run }: Run): string {
  const row = {
    run_id: run.id,
    approval_id: run.approvalId,
    runbook: runbook.id,
    version: runbook.version,
    digest: runbook.digest,
    cluster: run.cluster,
    namespace: run.namespace,
    params: run.params,
    requester: run.requester,
    approvers: run.approvers,
    state: run.state,
    message: run.message,
    started_at: moment(run.startedAtMs),
    ended_at: moment(run.endedAtMs),
    revision: run.revision,
    steps: steps.map(stepOf),
  };
  return JSON.stringify(storable(row));
}

function stepOf({ id, startedAtMs, endedAtMs, ...step }: RunStep) {
  return { ...step, step: id, started_at: moment(startedAtMs), ended_at: moment(endedAtMs) };
}

function moment(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

/** `jsonb` takes neither NUL nor half a surrogate pair, in a key as little as in a value. */
function storable(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD");
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(storable(key)), storable(item)]));
}

function asUpstream(error: UpstreamFailure | DataRefused): UpstreamFailure {
  return error.kind === "data_refused" ? unavailable(`PostgreSQL refused the run (SQLSTATE ${error.sqlState})`) : error;
}
