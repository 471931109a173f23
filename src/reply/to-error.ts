// The one place where a failure of ours becomes a code and words. Every dialect says them, in its own wrapping.

import { rpcError } from "../jsonrpc/codes.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Scope } from "../access/policy.ts";
import type { Failure } from "../tool/failure.ts";

/** Exhaustive: a new kind of failure does not compile until it has a line here or below. */
export function toError(failure: Failure): RpcError {
  switch (failure.kind) {
    case "unknown_tool":
      return rpcError("unknown_tool", unknownTool(failure.name));
    case "permission_denied":
      return permissionDenied(failure);
    case "insufficient_scope":
      return insufficientScope(failure);
    case "out_of_scope":
      return outOfScope(failure);
    case "rate_limited":
      return rateLimited(failure);
    case "quota_exhausted":
      return quotaExhausted(failure);
    case "invalid_params":
      return invalidParams(failure);
    case "approval_required":
      return approvalRequired(failure);
    case "kill_switch_active":
      return switchedOff(failure);
    default:
      return inWords(failure);
  }
}

type Told =
  | "unknown_tool"
  | "permission_denied"
  | "insufficient_scope"
  | "out_of_scope"
  | "rate_limited"
  | "quota_exhausted"
  | "invalid_params"
  | "approval_required"
  | "kill_switch_active";

/** Those that need no more than a sentence. */
function inWords(failure: Exclude<Failure, { kind: Told }>): RpcError {
  switch (failure.kind) {
    case "unauthenticated":
    case "token_expired":
    case "cancelled":
    case "audit_backpressure":
      return rpcError(failure.kind, WORDS[failure.kind]);
    case "approval_invalid":
      return rpcError(failure.kind, failure.message);
    case "approval_expired":
      return rpcError(failure.kind, APPROVAL_EXPIRED);
    case "approval_consumed":
      return rpcError(failure.kind, `This approval was used: runbook.get_run shows its run.`, { runId: failure.runId });
    case "unrecorded":
      return rpcError("audit_backpressure", UNRECORDED);
    case "input_required":
    case "capability_missing":
      return rpcError("capability_missing", CANNOT_ASK);
    case "crashed":
      return rpcError("internal_error", "Something went wrong on our side; it has been logged.");
    case "not_found":
    case "cursor_expired":
    case "context_full":
    case "payload_too_large":
    case "conflict":
    case "blocked":
      return rpcError(failure.kind, failure.message);
    case "forbidden":
      return rpcError("permission_denied", failure.message);
    case "upstream_unavailable":
    case "upstream_timeout":
      return rpcError(failure.kind, failure.message, { upstream: failure.upstream });
    case "busy":
      return rpcError("rate_limited", failure.message, { scope: "upstream", retryAfterMs: failure.retryAfterMs });
    case "timed_out":
      return rpcError("upstream_timeout", `The call was stopped after ${failure.timeoutMs} ms: ask for less.`);
  }
}

const WORDS = {
  unauthenticated: "Connect with a valid credential: Authorization: Bearer <API key or access token> on the request.",
  token_expired: "Your credential has expired: connect again with a new one.",
  cancelled: "The call was cancelled.",
  audit_backpressure: "The call cannot be recorded at the moment, so it was not made; try again later.",
} as const;

const UNRECORDED =
  "The call was made, but its end could not be recorded, so its answer is withheld. Look before you repeat a change.";

const CANNOT_ASK = "This call needs something of you that your client has not declared.";

const APPROVAL_EXPIRED = "This approval has expired: ask for a new one with runbook.request_approval.";

type Of<K extends Failure["kind"]> = Extract<Failure, { kind: K }>;

function unknownTool(name: string): string {
  return `There is no tool ${JSON.stringify(name.slice(0, 64))}. Call mcp.tools.list to see what there is.`;
}

function permissionDenied({ permission }: Of<"permission_denied">): RpcError {
  const message = `You need the permission ${permission}; ask whoever gave you your key.`;
  return rpcError("permission_denied", message, { requiredPermission: permission });
}

function insufficientScope({ permission, scopes }: Of<"insufficient_scope">): RpcError {
  const message = `Your token does not carry the scope ${scopes.join(" ")}, though your roles would allow it: obtain one that does and connect again, or send it with mcp.auth.refresh.`;
  return rpcError("permission_denied", message, { requiredPermission: permission, requiredScopes: scopes });
}

function outOfScope({ permission, target, scopes }: Of<"out_of_scope">): RpcError {
  const { cluster, namespace = "every namespace" } = target;
  const message = `Your ${permission} does not reach ${namespace} in ${cluster}. It reaches: ${reach(scopes)}.`;
  return rpcError("permission_denied", message, { requiredPermission: permission, allowed: scopes });
}

function rateLimited({ key, rate, retryAfterMs }: Of<"rate_limited">): RpcError {
  const message = `${key} may be called ${rate} in one session; retry in ${retryAfterMs} ms.`;
  return rpcError("rate_limited", message, { scope: "session_tool", tool: key, limit: rate, retryAfterMs });
}

function quotaExhausted({ window, limit, resetsAtMs, retryAfterMs }: Of<"quota_exhausted">): RpcError {
  const message = `Your quota of ${limit} units a ${window}, shared by all your sessions, is used up or too low for this call; retry in ${retryAfterMs} ms. quota.get tells what is left.`;
  const resetsAt = new Date(resetsAtMs).toISOString();
  return rpcError("quota_exhausted", message, { scope: "principal", window, limit, retryAfterMs, resetsAt });
}

function invalidParams({ issues }: Of<"invalid_params">): RpcError {
  const faults = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return rpcError("invalid_params", `Invalid arguments. ${faults.join("; ")}`, { issues });
}

function approvalRequired({ approvalId, approvalUrl, expiresAtMs }: Of<"approval_required">): RpcError {
  const where = approvalUrl === undefined ? "" : ` at ${approvalUrl}`;
  const message = `A human must approve this${where}. runbook.get_run {"approval_id": "${approvalId}"} tells when one has, with the token to execute with.`;
  return rpcError("approval_required", message, {
    approvalId,
    approvalUrl,
    expiresAt: new Date(expiresAtMs).toISOString(),
  });
}

function switchedOff({ scope, name, reason }: Of<"kill_switch_active">): RpcError {
  const what = scope === "all" ? "All runbooks are" : `The ${scope} ${name} is`;
  return rpcError("kill_switch_active", `${what} switched off: ${reason}. A human must switch it on again.`, {
    scope,
    name,
  });
}

function reach(scopes: readonly Scope[]): string {
  return scopes.map(({ clusters, namespaces }) => `${namespaces.join(", ")} in ${clusters.join(", ")}`).join("; ");
}
