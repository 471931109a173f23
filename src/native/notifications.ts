// What the native dialect says without being asked.

import type { Caller } from "../access/principal.ts";
import type { Catalogue } from "../tool/capabilities.ts";

/** The first message on every socket. */
export function sessionOpened(sessionId: string | null, caller: Caller): string {
  const principal =
    caller.kind === "anonymous"
      ? { kind: caller.kind }
      : { id: caller.id, kind: caller.kind, roles: caller.roles, on_behalf_of: caller.onBehalfOf };
  return notification("mcp.session", { session_id: sessionId, principal, protocol: "gatehouse.native.v1" });
}

/** The tools changed under an open session: `tools` is what the caller may call from now on. */
export function toolsChanged(catalogue: Catalogue, caller: Caller): string {
  return notification("mcp.tools.changed", { tools: catalogue.visibleTo(caller) });
}

function notification(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}
