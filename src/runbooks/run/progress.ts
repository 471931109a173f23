// How far a run has come: everything about it that changes, saved whole before a step begins and after it has ended.

import * as z from "zod";
import { once } from "../../once.ts";
import { Run } from "../../ports/runs.ts";
import { Approval } from "../../ports/approvals.ts";
import { PublishedRunbook } from "../runbook.ts";
import type { RunState, RunStep } from "../../ports/runs.ts";
import type { Step } from "../runbook.ts";

/** What was approved, and the text that was approved: neither changes while the run lasts, whatever is published meanwhile. */
export const Order = once(() => z.object({ approval: Approval(), runbook: PublishedRunbook() }));
export type Order = z.output<ReturnType<typeof Order>>;

/** What the audit log is told of the run itself; what its steps call is recorded as every call is. */
export interface RunEvent {
  readonly action: "run.started" | "run.step" | "run.ended";
  readonly outcome: "ok" | "failed" | "cancelled" | "unknown";
  readonly facts: Readonly<Record<string, unknown>>;
}

export const Progress = once(() =>
  z.object({
    run: Run(),
    phase: z.enum(["steps", "on_failure"]),
    phaseStartedAtMs: z.number(),
    /** Why `on_failure` is being done. */
    failure: z.string().optional(),
    /** How often in a row the kill switches could not be read. */
    unread: z.int(),
    /** How often in a row the step could not be done, or what became of it not be told. */
    tries: z.int(),
    /** Of a change that is repeated: how often it was made before this time. */
    round: z.int(),
  }),
);
export type Progress = z.output<ReturnType<typeof Progress>>;

/** A run that has not begun. */
export function begin(approval: Approval, nowMs: number): Progress {
  const { plan, runbook, cluster, namespace, params, requester, decisions } = approval;
  const planned = [
    ...plan.steps.map((step) => ({ ...step, phase: "steps" as const })),
    ...plan.on_failure.map((step) => ({ ...step, phase: "on_failure" as const })),
  ];
  const { id, version, digest, title } = runbook;
  const run: Run = {
    id: runIdOf(approval.id),
    approvalId: approval.id,
    runbook: { id, version, digest, title },
    cluster,
    ...(namespace !== undefined && { namespace }),
    params,
    requester: requester.id,
    approvers: decisions.filter(({ verdict }) => verdict !== "reject").map(({ by }) => by),
    state: "pending",
    steps: planned.map(({ id, kind, phase, does }) => ({ id, kind, phase, state: "pending", does, attempts: 0 })),
    startedAtMs: nowMs,
    revision: 1,
  };
  return { run, phase: "steps", phaseStartedAtMs: nowMs, unread: 0, tries: 0, round: 0 };
}

const RUN_ID = "rb-";

/** One run an approval, so that its name can be told from the approval alone. */
export function runIdOf(approvalId: string): string {
  return `${RUN_ID}${approvalId}`;
}

/** Undefined for what is no run's id: no object need be woken for it. */
export function approvalIdOf(runId: string): string | undefined {
  const approvalId = runId.startsWith(RUN_ID) ? runId.slice(RUN_ID.length) : "";
  return z.uuid().safeParse(approvalId).success ? approvalId : undefined;
}

const ENDED: ReadonlySet<RunState> = new Set(["succeeded", "failed", "cancelled", "stopped", "ambiguous"]);

export function isEnded({ state }: Pick<Run, "state">): boolean {
  return ENDED.has(state);
}

const UNFINISHED: ReadonlySet<RunStep["state"]> = new Set(["pending", "running", "waiting"]);

export function isFinished({ state }: Pick<RunStep, "state">): boolean {
  return !UNFINISHED.has(state);
}

/** A step as it is written, and how it stands. */
export interface Current {
  readonly spec: Step;
  readonly step: RunStep;
}

/** What is to be done, or under way; undefined where nothing of the phase is left. */
export function currentOf({ runbook }: Order, { run, phase }: Progress): Current | undefined {
  const step = run.steps.find((each) => each.phase === phase && !isFinished(each));
  if (!step) return undefined;
  const written = phase === "steps" ? runbook.steps : (runbook.on_failure?.steps ?? []);
  const spec = written.find(({ id }) => id === step.id);
  // The plan and the runbook are of one digest: a step of the one that the other lacks is a bug.
  if (!spec) throw new Error(`the runbook has no step ${step.id}`);
  return { spec, step };
}

/** The same change of the same approval, whoever asks and however often. Each round of a repeated one is another. */
export function keyOf({ run, round }: Pick<Progress, "run" | "round">, { id, phase }: RunStep): string {
  return `${run.approvalId}:${phase === "on_failure" ? "f:" : ""}${id}${round > 0 ? `:${round + 1}` : ""}`;
}
