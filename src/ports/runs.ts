// Runs: one approved execution of a runbook, step by step. Each has an object of its own that is the authority on it.

import * as z from "zod";
import { once } from "../once.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

export const RUN_STATES = [
  "pending",
  "running",
  /** All steps were done. */
  "succeeded",
  /** A step failed; what `on_failure` did, if there is one, stands in the steps. */
  "failed",
  /** Asked to stop, and did between two steps. */
  "cancelled",
  /** A kill switch is on. */
  "stopped",
  /** Nobody can say whether a change took effect: a human must look. Nothing is repeated. */
  "ambiguous",
] as const;
export type RunState = (typeof RUN_STATES)[number];

export const STEP_STATES = ["pending", "running", "waiting", "done", "failed", "skipped", "ambiguous"] as const;

export const RunStep = once(() =>
  z.object({
    id: z.string(),
    kind: z.enum(["tool", "check", "k8s", "wait", "notify"]),
    phase: z.enum(["steps", "on_failure"]),
    state: z.enum(STEP_STATES),
    does: z.string(),
    startedAtMs: z.number().optional(),
    endedAtMs: z.number().optional(),
    /** What happened, in a sentence. */
    message: z.string().optional(),
    /** What was saved of a tool's answer, or an action's outcome: bounded JSON. */
    output: z.unknown().optional(),
    /** How often a wait has asked. */
    attempts: z.int().default(0),
  }),
);
export type RunStep = z.output<ReturnType<typeof RunStep>>;

export const Run = once(() =>
  z.object({
    id: z.string(),
    approvalId: z.string(),
    runbook: z.object({ id: z.string(), version: z.int(), digest: z.string(), title: z.string() }),
    cluster: z.string(),
    namespace: z.string().optional(),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    requester: z.string(),
    approvers: z.array(z.string()),
    state: z.enum(RUN_STATES),
    /** Why it ended as it did, in a sentence. */
    message: z.string().optional(),
    steps: z.array(RunStep()),
    startedAtMs: z.number(),
    endedAtMs: z.number().optional(),
    /** Grows with every change. */
    revision: z.int(),
  }),
);
export type Run = z.output<ReturnType<typeof Run>>;

export interface Runs {
  /** Undefined where it does not exist, or belongs to somebody else. */
  get(id: string, principalId: string): Promise<Result<Run | undefined, UpstreamFailure>>;
  /** Resolves at the next change after `revision`, or after `waitMs` with what there is. */
  waitFor(
    id: string,
    principalId: string,
    since: { readonly revision: number; readonly waitMs: number },
  ): Promise<Result<Run | undefined, UpstreamFailure>>;
  /** It stops between two steps: what is under way is not torn. */
  cancel(id: string, principalId: string): Promise<Result<Run | undefined, UpstreamFailure>>;
}

/** Where ended and running runs are kept for 90 days: `runs` and `run_steps`. Idempotent; an older revision changes nothing. */
export interface RunStore {
  put(run: Run, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
  /** Takes out the runs that began more than so many days ago; 30 are kept at least. */
  prune(keepDays: number, signal: AbortSignal): Promise<Result<{ readonly dropped: number }, UpstreamFailure>>;
}

/** Words for people, through the webhooks of the deployment. Lost ones are logged: nothing waits for them. */
export interface Notices {
  readonly channels: readonly string[];
  send(notice: PeopleNotice): Promise<void>;
}

export interface PeopleNotice {
  /** A webhook's name; left out: all that want this kind. */
  readonly channel?: string;
  readonly kind: "approval" | "run" | "notify" | "switch";
  readonly title: string;
  /** Plain text; the webhook's own markup is escaped. */
  readonly lines: readonly string[];
  /** To the page, never more than a link: it opens nothing by itself. */
  readonly url?: string;
}
