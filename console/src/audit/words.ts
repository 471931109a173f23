// What rows of the audit log are called.

import type { IconName } from "../parts/icon.tsx";
import type { Tone } from "../parts/notice.tsx";
import type { AuditEvent, AuditEvidence, AuditRow } from "./api.ts";

type Outcome = NonNullable<AuditRow["outcome"]>;

export const OUTCOMES = {
  ok: { tone: "good", icon: "check", word: "ok" },
  failed: { tone: "danger", icon: "cross", word: "failed" },
  refused: { tone: "warning", icon: "lock", word: "refused" },
  cancelled: { tone: "plain", icon: "skip", word: "cancelled" },
  unknown: { tone: "danger", icon: "question", word: "unknown" },
  pending: { tone: "info", icon: "wait", word: "begun" },
} as const satisfies Record<Outcome, { tone: Tone | "plain"; icon: IconName; word: string }>;

/** Which of its rows it is. */
export const PHASES = {
  intent: "intent, written before it was begun",
  outcome: "outcome",
  event: "event",
} as const satisfies Record<AuditRow["phase"], string>;

/** What was done: of a call that is its tool, and of the step of a run its action as well. */
export function whatOf({ action, tool }: AuditRow): string {
  if (tool === undefined) return action;
  return action === "tool.call" ? tool : `${action} ${tool}`;
}

/** `eu-prod-1 / shop`. */
export function placeOf({ cluster, namespace }: AuditRow): string {
  return [cluster, namespace].filter((part) => part !== undefined).join(" / ");
}

export const INTACT = {
  intact: {
    tone: "good",
    title: "This row is as it was written",
    words: "Its hash fits its text, and it follows on from the row before it in its chain.",
  },
  broken: {
    tone: "danger",
    title: "This row is not what was written",
    words:
      "Its hash does not fit its text, or does not follow on from the row before it. Do not rely on it: keep an export and verify the whole log.",
  },
  predecessor_not_found: {
    tone: "warning",
    title: "The row before it is not here",
    words:
      "Its hash fits its text, but what comes before it in its chain was not found: it has been cleared away in time, has not arrived yet, or was removed. Verifying the whole log tells which.",
  },
} as const satisfies Record<AuditEvent["intact"], { tone: Tone; title: string; words: string }>;

type FaultKind = AuditEvidence["faults"][number]["kind"];

export const FAULTS = {
  tampered: "A row was changed",
  gap: "Rows are missing",
  duplicate: "A row is there twice",
  signature: "A signature does not fit",
  truncated: "The end of a chain is missing",
  root: "The root of a day does not fit",
  incomplete: "Not all could be verified",
} as const satisfies Record<FaultKind, string>;
