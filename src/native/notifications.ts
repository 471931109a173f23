// What the native dialect says without being asked.

import { describe } from "../tool/describe.ts";
import type { Policy } from "../access/policy.ts";
import type { Caller } from "../access/principal.ts";
import type { Registry } from "../tool/registry.ts";

/** The first message on every socket. */
export function sessionOpened(sessionId: string | null, caller: Caller): string {
  const principal =
    caller.kind === "anonymous"
      ? { kind: caller.kind }
      : { id: caller.id, kind: caller.kind, roles: caller.roles, on_behalf_of: caller.onBehalfOf };
  return notification("mcp.session", { session_id: sessionId, principal, protocol: "gatehouse.native.v1" });
}

/** The tools changed under an open session: `tools` is what the caller may call from now on. */
export function toolsChanged(registry: Registry, caller: Caller, policy: Policy): string {
  return notification("mcp.tools.changed", { tools: registry.visibleTo(caller, policy).map(describe) });
}

function notification(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}
