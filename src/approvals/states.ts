// What an approval is at a moment, and what a verdict makes of it.

import type { Decided } from "../ports/approval-store.ts";
import type { Approval, ApprovalState, Decision } from "../ports/approvals.ts";

/** From the decision to the last moment at which it can be used. */
export const MAX_TOKEN_MS = 15 * 60_000;
/** Somebody who presents it with something else for the third time is not mistaken any more. */
export const MAX_MISMATCHES = 3;

export function isOpen(state: ApprovalState): boolean {
  return state === "requested" || state === "approved";
}

/** One past its time is expired, whether or not anything has written so: valid while now is before `expiresAtMs`. */
export function judged(approval: Approval, nowMs: number): Approval {
  if (!isOpen(approval.state) || nowMs < approval.expiresAtMs) return approval;
  return { ...approval, state: "expired", endedAtMs: approval.expiresAtMs };
}

/** Of one that is requested. Every decision before this one said yes, or there would be nothing left to decide. */
export function decided(approval: Approval, decision: Decision): Decided {
  const { decisions, required, expiresAtMs } = approval;
  if (decision.verdict === "reject") return { decision, state: "rejected", expiresAtMs, endedAtMs: decision.atMs };
  const isEnough = decision.verdict === "break_glass" || decisions.length + 1 >= required;
  if (!isEnough) return { decision, state: "requested", expiresAtMs, endedAtMs: undefined };
  return { decision, state: "approved", expiresAtMs: tokenEndsMs(approval, decision.atMs), endedAtMs: undefined };
}

/** The whole time from the decision on, also where it came at the last moment: the requester needs some to use it. */
export function tokenEndsMs({ lifetimeMs }: Pick<Approval, "lifetimeMs">, approvedAtMs: number): number {
  return approvedAtMs + Math.min(MAX_TOKEN_MS, lifetimeMs);
}
