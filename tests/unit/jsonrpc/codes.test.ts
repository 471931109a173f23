import { describe, expect, it } from "vitest";
import { CODES, rpcError } from "../../../src/jsonrpc/codes.ts";

const CONTRACT = [
  ["parse_error", -32700],
  ["invalid_request", -32600],
  ["method_not_found", -32601],
  ["invalid_params", -32602],
  ["unknown_tool", -32602],
  ["internal_error", -32603],
  ["header_mismatch", -32020],
  ["missing_client_capability", -32021],
  ["unsupported_protocol_version", -32022],
  ["unauthenticated", 40100],
  ["token_expired", 40101],
  ["permission_denied", 40300],
  ["approval_required", 40301],
  ["approval_invalid", 40302],
  ["not_found", 40400],
  ["approval_consumed", 40900],
  ["duplicate_request_id", 40901],
  ["conflict", 40902],
  ["approval_expired", 41000],
  ["cursor_expired", 41001],
  ["payload_too_large", 41300],
  ["context_full", 41301],
  ["kill_switch_active", 42300],
  ["blocked", 42301],
  ["capability_missing", 42800],
  ["rate_limited", 42900],
  ["quota_exhausted", 42901],
  ["cancelled", 49900],
  ["upstream_unavailable", 50300],
  ["audit_backpressure", 50301],
  ["upstream_timeout", 50400],
] as const;

describe("the error codes", () => {
  it("are these and no others", () => {
    expect(CONTRACT).toHaveLength(31);
    expect(CODES).toEqual(Object.fromEntries(CONTRACT));
  });

  it.each(CONTRACT)("carry their reason: %s is %i", (reason, code) => {
    expect(rpcError(reason, "words", { extra: 1 })).toEqual({ code, message: "words", data: { reason, extra: 1 } });
  });

  it("keep out of the range that JSON-RPC reserves, but for its own five and the three of MCP", () => {
    const reserved = Object.values(CODES).filter((code) => code >= -32768 && code <= -32000);

    expect(new Set(reserved)).toEqual(new Set([-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]));
  });
});
