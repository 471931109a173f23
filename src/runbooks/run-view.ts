// A run as its requester sees it, and waiting for its end.

import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { once } from "../once.ts";
import { RUN_STATES, STEP_STATES } from "../ports/runs.ts";
import { err, ok } from "../result.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Run, Runs, RunState } from "../ports/runs.ts";
import type { Result } from "../result.ts";
import type { Progress } from "../tool/exchange.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

export const RunView = once(() =>
  z.object({
    run_id: z.string(),
    approval_id: z.string(),
    runbook: z.string(),
    cluster: z.string(),
    params: z.record(z.string(), Scalar),
    state: z.enum(RUN_STATES),
    message: z.string().optional(),
    approvers: z.array(z.string()),
    steps: z.array(
      z.object({
        id: z.string(),
        state: z.enum(STEP_STATES),
        does: z.string(),
        message: z.string().optional(),
        output: z.unknown().optional(),
        took_ms: z.int().optional(),
        /** True for what was done because a step before had failed. */
        on_failure: z.literal(true).optional(),
      }),
    ),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime().optional(),
    /** What to do next, where there is something to do. */
    next: z.string().optional(),
  }),
);
export type RunView = z.output<ReturnType<typeof RunView>>;

const GOING_ON: ReadonlySet<RunState> = new Set(["pending", "running"]);

export function isOver({ state }: Pick<Run, "state">): boolean {
  return !GOING_ON.has(state);
}

export function runView(run: Run): RunView {
  const { id, approvalId, runbook, cluster, params, state, message, approvers, steps, startedAtMs, endedAtMs } = run;
  const next = NEXT[state];
  return {
    run_id: id,
    approval_id: approvalId,
    runbook: `${runbook.id}@${runbook.version}`,
    cluster,
    params,
    state,
    ...(message !== undefined && { message }),
    approvers,
    steps: bounded(steps.map(stepView)),
    started_at: new Date(startedAtMs).toISOString(),
    ...(endedAtMs !== undefined && { ended_at: new Date(endedAtMs).toISOString() }),
    ...(next !== undefined && { next }),
  };
}

/** Below what a tool may answer, with room for all the rest. */
const MAX_OUTPUT_BYTES = 56 * 1024;

/** What there is no room for is left out whole, of the last steps first: the audit log and `run_steps` have it. */
function bounded<S extends { readonly output?: unknown; readonly message?: string }>(steps: readonly S[]): S[] {
  let bytes = 0;
  return steps.map((step) => {
    if (step.output === undefined) return step;
    const own = byteLength(JSON.stringify(step.output));
    if (bytes + own > MAX_OUTPUT_BYTES) return { ...step, output: { left_out_bytes: own } };
    bytes += own;
    return step;
  });
}

const NEXT: Readonly<Partial<Record<RunState, string>>> = {
  pending: "It goes on by itself: runbook.get_run with wait_s waits for it.",
  running: "It goes on by itself: runbook.get_run with wait_s waits for it.",
  ambiguous: "Do not repeat it: a human must look at the cluster first.",
};

function stepView({ id, state, does, message, output, phase, startedAtMs, endedAtMs }: Run["steps"][number]) {
  return {
    id,
    state,
    does,
    ...(message !== undefined && { message }),
    ...(output !== undefined && { output }),
    ...(startedAtMs !== undefined && endedAtMs !== undefined && { took_ms: endedAtMs - startedAtMs }),
    ...(phase === "on_failure" && { on_failure: true as const }),
  };
}

/** One question to the object, which answers sooner where something happens. */
const ROUND_MS = 15_000;

export interface RunWaiting {
  readonly runs: Runs;
  readonly principalId: string;
  readonly now: () => number;
  readonly untilMs: number;
  readonly signal: AbortSignal;
  readonly progress: (step: Progress) => void;
}

/** The run at its end, or as it stands when the wait is over. It goes on whether anybody waits or not. */
export async function awaitRun(id: string, waiting: RunWaiting): Promise<Result<Run, UpstreamFailure | NoSuchRun>> {
  const { runs, principalId, now, untilMs, signal, progress } = waiting;
  let found = await runs.get(id, principalId);
  while (found.ok && found.value && !isOver(found.value) && now() < untilMs && !signal.aborted) {
    progress(progressOf(found.value));
    const waitMs = Math.min(ROUND_MS, untilMs - now());
    found = await runs.waitFor(id, principalId, { revision: found.value.revision, waitMs });
  }
  if (!found.ok) return found;
  return found.value ? ok(found.value) : err({ kind: "not_found", message: `There is no run ${id} of yours.` });
}

export interface NoSuchRun {
  readonly kind: "not_found";
  readonly message: string;
}

/** Counted in changes, which only ever grow; in words, how far it is. */
function progressOf({ steps, revision }: Run): Progress {
  const done = steps.filter(({ state }) => state === "done").length;
  const current = steps.find(({ state }) => state === "running" || state === "waiting");
  return { progress: revision, message: `${done} of ${steps.length} steps done${current ? `; ${current.does}` : ""}` };
}
