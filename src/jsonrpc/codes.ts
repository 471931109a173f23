// Every error code that can cross the wire, by the stable name that travels beside it as `data.reason`.

/**
 * JSON-RPC 2.0 §5.1 fixes the codes from -32700 to -32600, and MCP 2026-07-28 (basic §Error Codes) those from -32022 to
 * -32020. Ours lie outside -32768…-32000, which the
 * specification keeps for itself, and follow the HTTP status they resemble. Clients key on `reason`.
 */
export const CODES = {
  parse_error: -32700,
  invalid_request: -32600,
  method_not_found: -32601,
  invalid_params: -32602,
  unknown_tool: -32602,
  internal_error: -32603,

  header_mismatch: -32020,
  missing_client_capability: -32021,
  unsupported_protocol_version: -32022,

  unauthenticated: 40100,
  token_expired: 40101,
  permission_denied: 40300,
  approval_required: 40301,
  approval_invalid: 40302,
  not_found: 40400,
  approval_consumed: 40900,
  duplicate_request_id: 40901,
  conflict: 40902,
  approval_expired: 41000,
  cursor_expired: 41001,
  payload_too_large: 41300,
  context_full: 41301,
  kill_switch_active: 42300,
  blocked: 42301,
  capability_missing: 42800,
  rate_limited: 42900,
  quota_exhausted: 42901,
  cancelled: 49900,
  upstream_unavailable: 50300,
  audit_backpressure: 50301,
  upstream_timeout: 50400,
} as const;

export type Reason = keyof typeof CODES;

/** `data` holds what a program needs to act: never an exception's text, an upstream's body or a secret. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly reason: Reason } & Readonly<Record<string, unknown>>;
}

/** `message` is read by people and models: what was wrong, and what to do next. */
export function rpcError(reason: Reason, message: string, data: Readonly<Record<string, unknown>> = {}): RpcError {
  return { code: CODES[reason], message, data: { reason, ...data } };
}
