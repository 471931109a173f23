// What a decision still lacks before it may be sent. The server asks for the same: here it is said sooner.

import type { ApprovalCard, Verdict } from "../api/contract.ts";
import type { Draft } from "./draft.ts";

export const MAX_REASON = 500;

export interface Faults {
  readonly reason: string | undefined;
  readonly typed: string | undefined;
}

export const NO_FAULTS: Faults = { reason: undefined, typed: undefined };

/** A rejection without a reason leaves an agent to ask for the same again. */
export function isReasonNeeded(card: ApprovalCard, verdict: Verdict): boolean {
  return card.reason_required || verdict !== "approve";
}

/** Nobody types a name by habit: it is for what can do much harm. */
export function isTypingNeeded({ runbook }: ApprovalCard, verdict: Verdict): boolean {
  return verdict === "break_glass" || (verdict === "approve" && runbook.risk === "high");
}

export function faultsOf(
  card: ApprovalCard,
  verdict: Verdict,
  { reason, typed }: Pick<Draft, "reason" | "typed">,
): Faults {
  const isReasonMissing = isReasonNeeded(card, verdict) && reason.trim() === "";
  const isOther = isTypingNeeded(card, verdict) && typed.trim() !== card.runbook.id;
  return {
    reason: isReasonMissing ? "Say why: a reason is needed here." : undefined,
    typed: isOther ? `Type the runbook’s id exactly: ${card.runbook.id}` : undefined,
  };
}
