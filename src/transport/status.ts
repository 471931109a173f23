// The HTTP status of an answer. JSON-RPC says what went wrong in its body; a status is for whoever reads no bodies.

import type { RpcError } from "../jsonrpc/codes.ts";
import type { Era } from "../mcp/era.ts";

/** 2026-07-28 fixes the statuses of its own faults; an error of a call rides on 200, in every era. */
export function statusOf(error: RpcError | undefined, era: Era): number {
  if (!error) return 200;
  const { reason } = error.data;
  if (reason === "unauthenticated" || reason === "token_expired") return 401;
  if ("requiredScopes" in error.data) return 403;
  if (reason === "parse_error" || reason === "invalid_request") return 400;
  if (era !== "modern") return 200;

  switch (reason) {
    case "header_mismatch":
    case "missing_client_capability":
    case "unsupported_protocol_version":
      return 400;
    case "method_not_found":
      return 404;
    case "invalid_params":
      return error.data.field === "_meta" ? 400 : 200;
    default:
      return 200;
  }
}
