// From what the keeper of approvals refuses to what a caller is told: with the page, where there is one.

import { err } from "../result.ts";
import { approvalUrl } from "./view.ts";
import type { ApprovalRefusal } from "../ports/approvals.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Err } from "../result.ts";

type Told<R> = R extends { readonly kind: "approval_required" } ? R & { readonly approvalUrl: string | undefined } : R;

export function outside(
  refusal: ApprovalRefusal | UpstreamFailure,
  { consoleUrl }: { readonly consoleUrl: string | undefined },
): Err<Told<ApprovalRefusal> | UpstreamFailure> {
  if (refusal.kind !== "approval_required") return err(refusal);
  return err({ ...refusal, approvalUrl: approvalUrl(refusal.approvalId, consoleUrl) });
}
