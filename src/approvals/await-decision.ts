// Waiting for people: until one of them has decided, or nobody will any more.

import { err, ok } from "../result.ts";
import type { Approval, ApprovalDesk, ApprovalRefusal } from "../ports/approvals.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

/** One question to the object, which answers sooner where something happens. */
const ROUND_MS = 15_000;

export interface Waiting {
  readonly approvals: ApprovalDesk;
  readonly principalId: string;
  readonly now: () => number;
  /** Fires where nobody waits for the decision any more. */
  readonly signal: AbortSignal;
  readonly onRound: (approval: Approval) => void;
}

/** The approval as it was decided, or as it still stands when the wait is over. */
export async function awaitDecision(
  first: Approval,
  untilMs: number,
  { approvals, principalId, now, signal, onRound }: Waiting,
): Promise<Result<Approval, ApprovalRefusal | UpstreamFailure | { readonly kind: "cancelled" }>> {
  let approval = first;
  while (approval.state === "requested" && now() < untilMs) {
    if (signal.aborted) return err({ kind: "cancelled" });
    onRound(approval);
    const waitMs = Math.min(ROUND_MS, untilMs - now());
    const next = await approvals.waitFor(approval.id, principalId, { revision: approval.revision, waitMs });
    if (!next.ok) return next;
    approval = next.value;
  }
  return signal.aborted ? err({ kind: "cancelled" }) : ok(approval);
}

/** Why it cannot be redeemed; undefined for one that can. */
export function whyNot(approval: Approval): Exclude<ApprovalRefusal, { kind: "approval_required" }> | undefined {
  const { state, decisions, runId = "" } = approval;
  switch (state) {
    case "approved":
    case "requested":
      return undefined;
    case "consumed":
      return { kind: "approval_consumed", runId };
    case "expired":
      return { kind: "approval_expired" };
    case "rejected": {
      const last = decisions.at(-1);
      const reason = last?.reason === undefined ? "" : `: ${last.reason}`;
      return { kind: "approval_invalid", message: `${last?.by ?? "A human"} rejected this${reason}. Nothing was run.` };
    }
    case "cancelled":
      return { kind: "approval_invalid", message: "This request was cancelled: ask for a new approval." };
    case "revoked":
      return { kind: "approval_invalid", message: "This approval was revoked after it was presented wrongly." };
  }
}
