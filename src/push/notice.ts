// What can have happened without anybody asking.

import type { StoredTask } from "../ports/task-store.ts";
import type { Subscription } from "./subscription.ts";

/** One thing that changed in a watched namespace, in the words of the watch. */
export type Change = Readonly<Record<string, unknown>>;

export type Notice =
  | { readonly kind: "tools_changed" }
  | {
      readonly kind: "resource_changed";
      readonly uri: string;
      /** Absent where it is not known what changed: look anew. */
      readonly changes?: readonly Change[];
      readonly omitted?: number;
    }
  /** Nothing more will be heard of it. */
  | { readonly kind: "resource_lost"; readonly uri: string; readonly reason: string }
  | { readonly kind: "task_changed"; readonly task: StoredTask }
  /** A human has decided, or nobody did in time; `uri` is the resource that says the same. */
  | { readonly kind: "approval_changed"; readonly uri: string; readonly approval: DecidedApproval };

/** What its requester is told of an approval, the token included once there is one. */
export type DecidedApproval = Readonly<Record<string, unknown>> & { readonly approval_id: string };

/** Who of the listeners is meant. */
export function concerns(notice: Notice, subscription: Subscription): boolean {
  switch (notice.kind) {
    case "tools_changed":
      return subscription.tools;
    case "resource_changed":
    case "resource_lost":
      return subscription.uris.includes(notice.uri);
    // Whoever asked for it waits: a session's own dialect is told without having subscribed.
    case "approval_changed":
      return subscription.dialect !== "modern" || subscription.uris.includes(notice.uri);
    case "task_changed":
      return subscription.taskIds.includes(notice.task.taskId);
  }
}
