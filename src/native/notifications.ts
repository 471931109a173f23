// What the native dialect says without being asked.

import type { Caller } from "../access/principal.ts";
import type { Notice } from "../push/notice.ts";
import type { Catalogue } from "../tool/capabilities.ts";

/** The first message on every socket. */
export function sessionOpened(sessionId: string | null, caller: Caller): string {
  const principal =
    caller.kind === "anonymous"
      ? { kind: caller.kind }
      : { id: caller.id, kind: caller.kind, roles: caller.roles, on_behalf_of: caller.onBehalfOf };
  return notification("mcp.session", { session_id: sessionId, principal, protocol: "gatehouse.native.v1" });
}

/** What changed, in full: an agent that hears it need not ask. */
export function nativeNotice(
  notice: Notice,
  seen: { readonly catalogue: Catalogue; readonly caller: Caller },
): string | undefined {
  switch (notice.kind) {
    case "tools_changed":
      return notification("mcp.tools.changed", { tools: seen.catalogue.visibleTo(seen.caller) });
    case "resource_changed": {
      const { uri, changes, omitted } = notice;
      return notification("mcp.resource.changed", { uri, changes: changes ?? [], ...lookAnew(changes, omitted) });
    }
    case "resource_lost":
      return notification("mcp.resource.lost", { uri: notice.uri, reason: notice.reason });
    case "approval_changed":
      return notification("mcp.approval.changed", notice.approval);
    case "task_changed":
      return undefined; // tasks are MCP's
  }
}

/** Changes were missed, or there are more than are told. */
function lookAnew(changes: unknown, omitted: number | undefined) {
  return { ...(changes === undefined && { missed: true }), ...(omitted !== undefined && { omitted }) };
}

function notification(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}
