// What is different between the approval that somebody looked at and the one there is now, in sentences.

import type { ApprovalCard, Decision, PlannedStep } from "../api/contract.ts";

/** Nothing where only things changed that nobody decides by. */
export function changesBetween(seen: ApprovalCard, now: ApprovalCard): readonly string[] {
  if (seen.id !== now.id || seen.revision === now.revision) return [];
  return [...decisionsSince(seen, now), ...stateSince(seen, now), ...planSince(seen, now), ...rulesSince(seen, now)];
}

function decisionsSince(seen: ApprovalCard, now: ApprovalCard): readonly string[] {
  return now.decisions.slice(seen.decisions.length).map(sayDecision);
}

export function sayDecision({ by, verdict, reason }: Decision): string {
  const did = { approve: "approved it", reject: "rejected it", break_glass: "broke the glass" }[verdict];
  return reason === undefined ? `${by} ${did}.` : `${by} ${did}: ${reason}`;
}

function stateSince(seen: ApprovalCard, now: ApprovalCard): readonly string[] {
  if (seen.state === now.state) return [];
  const became = {
    requested: "It waits for a decision again.",
    approved: "It has all the approvals that it needs.",
    rejected: "It is rejected.",
    expired: "It has expired.",
    cancelled: "The requester has withdrawn it.",
    revoked: "It is revoked: it was presented with something other than what was approved.",
    consumed: "It has been used: the run has started.",
  } as const;
  return [became[now.state]];
}

function planSince(seen: ApprovalCard, now: ApprovalCard): readonly string[] {
  if (seen.plan.digest === now.plan.digest) return [];
  const before = new Map(seen.plan.steps.map((step) => [step.id, step]));
  const changed = now.plan.steps.filter((step) => !isSameStep(before.get(step.id), step));
  const names = changed.map((step) => step.does);
  return [
    names.length === 0
      ? "The cluster has changed since this plan was made: the steps are the same, what they find is not."
      : `The plan is another now: ${names.join("; ")}`,
  ];
}

function isSameStep(before: PlannedStep | undefined, now: PlannedStep): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

function rulesSince(seen: ApprovalCard, now: ApprovalCard): readonly string[] {
  return [
    seen.expires_at !== now.expires_at && now.state === "requested" && "It expires at another time.",
    JSON.stringify(seen.plan.blockers) !== JSON.stringify(now.plan.blockers) &&
      (now.plan.blockers.length > 0
        ? `It is blocked: ${now.plan.blockers.join("; ")}`
        : "What kept it from running is gone."),
    seen.required !== now.required && `It needs ${now.required} approvals now.`,
    JSON.stringify(seen.params) !== JSON.stringify(now.params) && "Its parameters are different.",
  ].filter((sentence) => sentence !== false);
}
