// What the states of a run and of its steps are called, and how they look.

import type { RunState, StepState } from "../api/contract.ts";
import type { IconName } from "../parts/icon.tsx";
import type { Tone } from "../parts/notice.tsx";

export interface Look {
  readonly tone: Tone | "plain";
  readonly icon: IconName;
  readonly word: string;
}

export const RUN_LOOKS = {
  pending: { tone: "info", icon: "wait", word: "about to start" },
  running: { tone: "info", icon: "next", word: "running" },
  succeeded: { tone: "good", icon: "check", word: "succeeded" },
  failed: { tone: "danger", icon: "cross", word: "failed" },
  cancelled: { tone: "plain", icon: "skip", word: "cancelled" },
  stopped: { tone: "warning", icon: "power", word: "stopped by a kill switch" },
  ambiguous: { tone: "danger", icon: "question", word: "unclear: a person must look" },
} as const satisfies Record<RunState, Look>;

export const STEP_LOOKS = {
  pending: { tone: "plain", icon: "wait", word: "to do" },
  running: { tone: "info", icon: "next", word: "running" },
  waiting: { tone: "info", icon: "wait", word: "waiting" },
  done: { tone: "good", icon: "check", word: "done" },
  failed: { tone: "danger", icon: "cross", word: "failed" },
  skipped: { tone: "plain", icon: "skip", word: "skipped" },
  ambiguous: { tone: "danger", icon: "question", word: "unclear" },
} as const satisfies Record<StepState, Look>;

/** Of a run that has ended: what was to do then is not done, and stays so. */
export const NOT_DONE: Look = { tone: "plain", icon: "skip", word: "not done" };

export function isUnderWay(state: RunState): boolean {
  return state === "pending" || state === "running";
}
