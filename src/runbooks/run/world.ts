// What a run needs of the world around it. Every one of these may be missing at the moment at which it is asked for.

import type { ActionName, ActionOutcome } from "k8s-proxy/contract";
import type { KillSwitch } from "../../ports/approvals.ts";
import type { Result } from "../../result.ts";
import type { Scalar } from "../runbook.ts";
import type { Progress, RunEvent } from "./progress.ts";

export type Saved = Readonly<Record<string, unknown>>;

/** What expressions and references may name. `result` is what a wait, or a repeated action, was just answered. */
export interface Scope {
  readonly params: Readonly<Record<string, Scalar>>;
  /** By the ids of the steps that have been done, and of no others. */
  readonly steps: Readonly<Record<string, Saved>>;
  readonly result?: unknown;
}

/** It was not done, and nothing was changed. */
export interface NotDone {
  readonly kind: "not_done";
  readonly message: string;
  /** Where the same may well be possible after so long. */
  readonly retryInMs?: number | undefined;
}

/** The change may have been made: its answer is lost. */
export interface AnswerLost {
  readonly kind: "answer_lost";
  readonly message: string;
}

export interface Read {
  readonly tool: string;
  readonly args: Readonly<Record<string, Scalar>>;
}

export interface Act {
  readonly action: ActionName;
  readonly request: Readonly<Record<string, unknown>>;
}

export interface Known {
  readonly state: "unknown" | "under_way" | "done";
  readonly outcome?: ActionOutcome | undefined;
}

export interface RunWorld {
  readonly now: () => number;
  /** All of it is kept when it returns, or none. Throws where it could not be: then nothing more is done. */
  readonly save: (progress: Progress, events: readonly RunEvent[]) => void;
  /** Who asked the run to stop. */
  readonly cancelledBy: () => string | undefined;
  /** Those that are off; undefined while nobody can be asked. */
  readonly switches: () => Promise<readonly KillSwitch[] | undefined>;
  readonly evaluate: (expression: string, scope: Scope) => Promise<Result<boolean, string>>;
  readonly render: (
    args: Readonly<Record<string, Scalar>>,
    scope: Scope,
  ) => Result<Readonly<Record<string, Scalar>>, string>;
  readonly renderMessage: (text: string, scope: Scope) => string;
  /** What later steps may use of an answer, by its paths. */
  readonly pick: (paths: readonly string[], answer: unknown) => Result<Saved, string>;
  /** The same of an action. */
  readonly pickOutcome: (outcome: ActionOutcome) => Result<Saved, string>;
  readonly read: (asked: Read) => Promise<Result<unknown, NotDone>>;
  readonly act: (asked: Act) => Promise<Result<ActionOutcome, NotDone | AnswerLost>>;
  /** What became of a change; undefined while nobody can be asked. */
  readonly outcome: (idempotencyKey: string) => Promise<Known | undefined>;
  /** False where there is no such channel: nobody was told, which is no reason to stop. */
  readonly notify: (channel: string, message: string) => Promise<boolean>;
}
