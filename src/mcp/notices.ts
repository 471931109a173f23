// What MCP says without being asked.

import { notification } from "./outbox.ts";
import { taskFields } from "./tasks.ts";
import { META } from "./versions.ts";
import type { Notice } from "../push/notice.ts";
import type { Subscription } from "../push/subscription.ts";

/** Every notification of a subscription carries its id (2026-07-28, basic/patterns/subscriptions). */
export function mcpNotice(notice: Notice, subscription: Subscription): string | undefined {
  const { id } = subscription;
  const tag = id === undefined ? {} : { _meta: { [META.subscriptionId]: id } };
  switch (notice.kind) {
    case "tools_changed":
      return notification("notifications/tools/list_changed", tag);
    // Whoever reads what was lost learns why nothing more will be heard of it.
    case "resource_changed":
    case "resource_lost":
      return notification("notifications/resources/updated", { ...tag, uri: notice.uri });
    case "approval_changed":
      return approvalChanged(notice, subscription, tag);
    case "task_changed": {
      const meta = JSON.stringify(tag).slice(1, -1);
      const params = `{${taskFields(notice.task, true)}${meta === "" ? "" : ","}${meta}}`;
      return `{"jsonrpc":"2.0","method":"notifications/tasks","params":${params}}`;
    }
  }
}

/**
 * Whoever subscribed reads the token from the resource. Whoever did not may have been led to the page by a question of a
 * call (2025-11-25, client/elicitation §Completion Notifications): a client that does not know the id ignores it.
 */
function approvalChanged(
  { uri, approval }: Extract<Notice, { kind: "approval_changed" }>,
  { uris }: Subscription,
  tag: object,
): string {
  if (uris.includes(uri)) return notification("notifications/resources/updated", { ...tag, uri });
  return notification("notifications/elicitation/complete", { elicitationId: approval.approval_id });
}

/** The answer to `subscriptions/listen`, sent when the subscription ends by our doing (§Graceful Closure). */
export function listenEnded(id: Subscription["id"]): string | undefined {
  if (id === undefined) return undefined;
  const result = { resultType: "complete", _meta: { [META.subscriptionId]: id } };
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}
