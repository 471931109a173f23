// What the headers of a request must say about its body (2026-07-28, basic/transports/streamable-http §Server Validation).

import { rpcError } from "../jsonrpc/codes.ts";
import { META, HANDSHAKE_VERSIONS } from "../mcp/versions.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Message } from "../jsonrpc/message.ts";

export const VERSION_HEADER = "mcp-protocol-version";
export const SESSION_HEADER = "mcp-session-id";
/** What a page of another origin may read of an answer. */
export const EXPOSED_HEADERS = "mcp-session-id, www-authenticate, retry-after";

/** The parameter that `Mcp-Name` repeats, by method. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/** Whoever routes by a header and whoever acts by the body must see the same: undefined when they do. */
export function headerFault({ method, params }: Message, headers: Headers): RpcError | undefined {
  const meta = params._meta;
  // A body that does not say its version is malformed in itself, which is the better thing to be told.
  const version =
    typeof meta === "object" && meta !== null && META.protocolVersion in meta ? meta[META.protocolVersion] : undefined;
  if (version === undefined) return undefined;
  return (
    fault("MCP-Protocol-Version", headers.get(VERSION_HEADER), version) ??
    fault("Mcp-Method", headers.get("mcp-method"), method) ??
    nameFault(NAMED.get(method), params, headers)
  );
}

/** Of an older revision: a version that was never one (2025-11-25, basic/transports §Protocol Version Header). */
export function versionFault(headers: Headers): RpcError | undefined {
  const version = headers.get(VERSION_HEADER);
  if (version === null || HANDSHAKE_VERSIONS.some((one) => one === version)) return undefined;
  const message = `MCP-Protocol-Version must be one of ${HANDSHAKE_VERSIONS.join(", ")} here.`;
  return rpcError("invalid_request", message);
}

function nameFault(parameter: string | undefined, params: Message["params"], headers: Headers): RpcError | undefined {
  if (parameter === undefined) return undefined;
  const header = headers.get("mcp-name");
  return fault("Mcp-Name", header === null ? null : decoded(header), params[parameter]);
}

function fault(header: string, said: string | null | undefined, meant: unknown): RpcError | undefined {
  if (said === meant) return undefined;
  const what = said === null ? "is missing" : "says something else";
  return rpcError("header_mismatch", `The header ${header} ${what}: it must repeat what the body says.`, { header });
}

/** §Value Encoding: what a header cannot hold travels as Base64 between two marks. */
function decoded(value: string): string | undefined {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)),
    );
  } catch {
    return undefined; // no text, so it repeats none
  }
}
