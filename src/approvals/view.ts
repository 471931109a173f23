// An approval as its requester sees it: what became of it, where a human decides, and the token once one has.

import * as z from "zod";
import { once } from "../once.ts";
import { ok } from "../result.ts";
import { APPROVAL_STATES } from "../ports/approvals.ts";
import type { Approval, ApprovalDesk, ApprovalRefusal, ApprovalTokens } from "../ports/approvals.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

/** Followed by the approval's id: the resource that is read and subscribed to. */
export const APPROVALS_URI = "gatehouse://approvals/";

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

export const ApprovalView = once(() =>
  z.object({
    approval_id: z.string(),
    state: z.enum(APPROVAL_STATES),
    runbook: z.string(),
    cluster: z.string(),
    params: z.record(z.string(), Scalar),
    /** People who must agree, and what those who decided have said. */
    required: z.int(),
    decisions: z.array(
      z.object({ by: z.string(), verdict: z.string(), reason: z.string().optional(), at: z.iso.datetime() }),
    ),
    expires_at: z.iso.datetime(),
    /** Where a human decides. It opens nothing by itself. */
    approval_url: z.string().optional(),
    /** While it is approved and not used: for `runbook.execute`, and for nobody else. */
    approval_token: z.string().optional(),
    run_id: z.string().optional(),
  }),
);
export type ApprovalView = z.output<ReturnType<typeof ApprovalView>>;

export interface Viewing {
  readonly approvals: ApprovalDesk;
  readonly approvalTokens: ApprovalTokens;
  readonly consoleUrl: string | undefined;
}

/** Of the principal's own; another's is not found. */
export async function approvalView(
  id: string,
  principalId: string,
  viewing: Viewing,
): Promise<Result<ApprovalView, ApprovalRefusal | UpstreamFailure>> {
  const found = await viewing.approvals.get(id, principalId);
  return found.ok ? ok(await view(found.value, viewing)) : found;
}

export async function view(
  approval: Approval,
  { approvalTokens, consoleUrl }: Pick<Viewing, "approvalTokens" | "consoleUrl">,
): Promise<ApprovalView> {
  const { id, state, runbook, cluster, params, required, decisions, expiresAtMs, runId } = approval;
  const url = approvalUrl(id, consoleUrl);
  return {
    approval_id: id,
    state,
    runbook: `${runbook.id}@${runbook.version}`,
    cluster,
    params,
    required,
    decisions: decisions.map(({ by, verdict, reason, atMs }) => ({
      by,
      verdict,
      ...(reason !== undefined && { reason }),
      at: new Date(atMs).toISOString(),
    })),
    expires_at: new Date(expiresAtMs).toISOString(),
    ...(url !== undefined && { approval_url: url }),
    ...(state === "approved" && { approval_token: await approvalTokens.mint(approval) }),
    ...(runId !== undefined && { run_id: runId }),
  };
}

export function approvalUrl(id: string, consoleUrl: string | undefined): string | undefined {
  return consoleUrl === undefined ? undefined : `${consoleUrl}/console/approvals/${id}`;
}
