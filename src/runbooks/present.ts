// From an approval and the request in hand to the run: everything is computed anew, and nothing is taken from the token.

import { whyNot } from "../approvals/await-decision.ts";
import { outside } from "../approvals/refusal.ts";
import { err } from "../result.ts";
import { choose, planFor } from "./prepare.ts";
import type { Approval, ApprovalDesk } from "../ports/approvals.ts";
import type { Result } from "../result.ts";
import type { Failure } from "../tool/failure.ts";
import type { RunbookArguments, RunbookUse } from "./prepare.ts";

export interface Started {
  readonly runId: string;
}

export interface Presenting extends RunbookUse {
  readonly approvals: ApprovalDesk;
  readonly consoleUrl: string | undefined;
  readonly policyVersion: string;
}

/** What the request leaves out is as it was approved; what it says must be the same. */
export async function present(
  approval: Approval,
  { runbook_id, params = approval.params, cluster = approval.cluster }: RunbookArguments,
  presenting: Presenting,
): Promise<Result<Started, Failure>> {
  const { approvals, call, clusters, policyVersion } = presenting;
  const { principal } = call.grant;
  const refusal = whyNot(approval);
  if (refusal) return outside(refusal, presenting);
  const chosen = choose({ runbook_id, params, cluster }, clusters.names);
  if (!chosen.ok) return chosen;
  const covered = call.grant.covers(chosen.value.target);
  if (!covered.ok) return err(covered.error);
  // Rendered once more: what has changed in the cluster since shows in its digest.
  const plan = await planFor(chosen.value, presenting);
  if (!plan.ok) return plan;

  const redeemed = await approvals.redeem({
    approvalId: approval.id,
    principal,
    runbookDigest: chosen.value.runbook.digest,
    paramsDigest: chosen.value.paramsDigest,
    planDigest: plan.value.digest,
    policyVersion,
    trace: call.trace,
  });
  return redeemed.ok ? redeemed : outside(redeemed.error, presenting);
}
