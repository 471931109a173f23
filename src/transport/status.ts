// The HTTP status of an answer. JSON-RPC says what went wrong in its body; a status is for whoever reads no bodies.

import type { Reason, RpcError } from "../jsonrpc/codes.ts";
import type { Era } from "../mcp/era.ts";

/** What is wrong with a message before anyone looks at what it asks for; the last three are of 2026-07-28 alone. */
const BAD_REQUESTS: ReadonlySet<Reason> = new Set([
  "parse_error",
  "invalid_request",
  "header_mismatch",
  "missing_client_capability",
  "unsupported_protocol_version",
]);

/** 2026-07-28 fixes the statuses of its own faults; an error of a call rides on 200, in every era. */
export function statusOf(error: RpcError | undefined, era: Era): number {
  if (!error) return 200;
  const { reason } = error.data;
  if (reason === "unauthenticated" || reason === "token_expired") return 401;
  if ("requiredScopes" in error.data) return 403;
  if (BAD_REQUESTS.has(reason)) return 400;
  if (era !== "modern") return 200;
  if (reason === "method_not_found") return 404;
  return reason === "invalid_params" && error.data.field === "_meta" ? 400 : 200;
}
