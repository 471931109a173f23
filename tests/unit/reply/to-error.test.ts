// From every failure to the words of the native dialect. The table grows only together with the kinds of failure.

import { describe, expect, it } from "vitest";
import { CODES } from "../../../src/jsonrpc/codes.ts";
import { toError } from "../../../src/reply/to-error.ts";
import type { Failure } from "../../../src/tool/failure.ts";

const SCOPES = [{ clusters: ["prod"], namespaces: ["shop", "shop-*"] }];

/** By kind, so that the compiler asks for a line for each new one. */
const TABLE: { readonly [K in Failure["kind"]]: readonly [Failure & { kind: K }, number, object] } = {
  input_required: [{ kind: "input_required", questions: {} }, 42800, { reason: "capability_missing" }],
  capability_missing: [
    { kind: "capability_missing", required: { sampling: {} } },
    42800,
    { reason: "capability_missing" },
  ],
  conflict: [{ kind: "conflict", message: "It changed." }, 40902, { reason: "conflict" }],
  blocked: [{ kind: "blocked", message: "A budget holds it." }, 42301, { reason: "blocked" }],
  approval_required: [
    {
      kind: "approval_required",
      approvalId: "3f0e4a53",
      approvalUrl: "https://console.example.com/console/approvals/3f0e4a53",
      expiresAtMs: 1_768_478_400_000,
    },
    40301,
    {
      reason: "approval_required",
      approvalId: "3f0e4a53",
      approvalUrl: "https://console.example.com/console/approvals/3f0e4a53",
      expiresAt: "2026-01-15T12:00:00.000Z",
    },
  ],
  approval_invalid: [
    { kind: "approval_invalid", message: "The parameters are not those that were approved." },
    40302,
    { reason: "approval_invalid" },
  ],
  approval_consumed: [
    { kind: "approval_consumed", runId: "rb-1" },
    40900,
    { reason: "approval_consumed", runId: "rb-1" },
  ],
  approval_expired: [{ kind: "approval_expired" }, 41000, { reason: "approval_expired" }],
  kill_switch_active: [
    { kind: "kill_switch_active", scope: "runbook", name: "drain-node", reason: "incident 7" },
    42300,
    { reason: "kill_switch_active", scope: "runbook", name: "drain-node" },
  ],
  unknown_tool: [{ kind: "unknown_tool", name: "nowhere" }, -32602, { reason: "unknown_tool" }],
  unauthenticated: [{ kind: "unauthenticated" }, 40100, { reason: "unauthenticated" }],
  token_expired: [{ kind: "token_expired" }, 40101, { reason: "token_expired" }],
  permission_denied: [
    { kind: "permission_denied", permission: "logs:read" },
    40300,
    { reason: "permission_denied", requiredPermission: "logs:read" },
  ],
  insufficient_scope: [
    { kind: "insufficient_scope", permission: "logs:read", scopes: ["logs:read"] },
    40300,
    { reason: "permission_denied", requiredPermission: "logs:read", requiredScopes: ["logs:read"] },
  ],
  out_of_scope: [
    {
      kind: "out_of_scope",
      permission: "k8s:read",
      target: { cluster: "prod", namespace: "platform" },
      scopes: SCOPES,
    },
    40300,
    { reason: "permission_denied", requiredPermission: "k8s:read", allowed: SCOPES },
  ],
  rate_limited: [
    { kind: "rate_limited", key: "ctx.get", rate: "1/second", retryAfterMs: 250 },
    42900,
    { reason: "rate_limited", scope: "session_tool", tool: "ctx.get", limit: "1/second", retryAfterMs: 250 },
  ],
  busy: [
    { kind: "busy", message: "The API server is busy.", retryAfterMs: 3_000 },
    42900,
    { reason: "rate_limited", scope: "upstream", retryAfterMs: 3_000 },
  ],
  quota_exhausted: [
    { kind: "quota_exhausted", window: "hour", limit: 50, resetsAtMs: 1_768_478_400_000, retryAfterMs: 1_500 },
    42901,
    {
      reason: "quota_exhausted",
      scope: "principal",
      window: "hour",
      limit: 50,
      retryAfterMs: 1_500,
      resetsAt: "2026-01-15T12:00:00.000Z",
    },
  ],
  invalid_params: [
    { kind: "invalid_params", issues: [{ path: "limit", message: "too big" }] },
    -32602,
    { reason: "invalid_params", issues: [{ path: "limit", message: "too big" }] },
  ],
  forbidden: [{ kind: "forbidden", message: "no" }, 40300, { reason: "permission_denied" }],
  unrecorded: [{ kind: "unrecorded" }, 50301, { reason: "audit_backpressure" }],
  not_found: [{ kind: "not_found", message: "no" }, 40400, { reason: "not_found" }],
  cursor_expired: [{ kind: "cursor_expired", message: "no" }, 41001, { reason: "cursor_expired" }],
  context_full: [{ kind: "context_full", message: "no" }, 41301, { reason: "context_full" }],
  payload_too_large: [{ kind: "payload_too_large", message: "no" }, 41300, { reason: "payload_too_large" }],
  upstream_unavailable: [
    { kind: "upstream_unavailable", upstream: "redis", message: "away" },
    50300,
    { reason: "upstream_unavailable", upstream: "redis" },
  ],
  upstream_timeout: [
    { kind: "upstream_timeout", upstream: "redis", message: "slow" },
    50400,
    { reason: "upstream_timeout", upstream: "redis" },
  ],
  timed_out: [{ kind: "timed_out", timeoutMs: 15_000 }, 50400, { reason: "upstream_timeout" }],
  cancelled: [{ kind: "cancelled" }, 49900, { reason: "cancelled" }],
  audit_backpressure: [{ kind: "audit_backpressure" }, 50301, { reason: "audit_backpressure" }],
  crashed: [{ kind: "crashed", cause: new Error("hunter2") }, -32603, { reason: "internal_error" }],
};

describe("a failure", () => {
  it("has this many kinds", () => {
    expect(Object.keys(TABLE)).toHaveLength(31);
  });

  it.each(Object.entries(TABLE))("becomes its code, and data for a program: %s", (_kind, [failure, code, data]) => {
    const error = toError(failure);

    expect(error).toEqual({ code, message: expect.stringMatching(/^.{2,}$/), data });
    expect(CODES[error.data.reason]).toBe(error.code);
  });

  it("tells nothing of a bug", () => {
    expect(JSON.stringify(toError(TABLE.crashed[0]))).not.toContain("hunter2");
  });

  it("tells who is out of scope what is in it", () => {
    expect(toError(TABLE.out_of_scope[0]).message).toBe(
      "Your k8s:read does not reach platform in prod. It reaches: shop, shop-* in prod.",
    );
  });

  it("tells who gave wrong arguments where, and a fault of the whole without a place", () => {
    const issues = [
      { path: "limit", message: "too big" },
      { path: "", message: "Unrecognized key" },
    ];

    expect(toError({ kind: "invalid_params", issues }).message).toBe(
      "Invalid arguments. limit: too big; Unrecognized key",
    );
  });

  it("repeats a name only as far as it is short", () => {
    expect(toError({ kind: "unknown_tool", name: "x".repeat(100_000) }).message.length).toBeLessThan(200);
  });
});
