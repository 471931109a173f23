// What becomes of a plan when one of its readings is refused.

import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Failure, ToolFailure } from "../tool/failure.ts";

/**
 * Words for the plan, where the refusal is about the cluster as it is: an approver should see them. Anything else is the
 * caller's own affair, or passes by itself, and then there is no plan.
 */
export function refusedReading(failure: Failure, tool: string): Result<string, ToolFailure> {
  switch (failure.kind) {
    case "not_found":
    case "forbidden":
    case "conflict":
    case "blocked":
    case "payload_too_large":
    case "cursor_expired":
    case "context_full":
      return ok(failure.message);
    case "invalid_params":
      return ok(failure.issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; "));
    case "unknown_tool":
      return ok(`${tool} is switched off, and this runbook reads with it.`);
    case "permission_denied":
    case "insufficient_scope":
    case "out_of_scope":
    case "unauthenticated":
    case "token_expired":
      return err({ kind: "forbidden", message: notAllowed(failure, tool) });
    case "rate_limited":
    case "quota_exhausted":
      return err({ kind: "busy", message: later(tool), retryAfterMs: failure.retryAfterMs });
    case "timed_out":
    case "cancelled":
    case "unrecorded":
      return err({ kind: "upstream_timeout", upstream: "kubernetes", message: `${tool} did not answer: try again.` });
    // A bug is logged where it is met: on the way out, with what caused it.
    case "crashed":
      throw new Error(`${tool} crashed while a plan was made`, { cause: failure.cause });
    default:
      return err(failure);
  }
}

type Denied = Extract<
  Failure,
  { kind: "permission_denied" | "insufficient_scope" | "out_of_scope" | "unauthenticated" | "token_expired" }
>;

function notAllowed(failure: Denied, tool: string): string {
  const begins = `This runbook reads with ${tool}, which you may not call`;
  if (failure.kind === "unauthenticated" || failure.kind === "token_expired") {
    return `${begins}: connect again with a valid credential.`;
  }
  const where = failure.kind === "out_of_scope" ? ` in ${failure.target.namespace ?? "the cluster as a whole"}` : "";
  return `${begins}${where}: you need the permission ${failure.permission}; ask whoever gave you your key.`;
}

function later(tool: string): string {
  return `This runbook reads with ${tool}, which you have called too often: try again later.`;
}
