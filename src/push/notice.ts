// What can have happened without anybody asking.

import type { StoredTask } from "../ports/task-store.ts";

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
  | { readonly kind: "task_changed"; readonly task: StoredTask };

/** Who of the listeners is meant. */
export function concerns(notice: Notice, subscription: { tools: boolean; uris: string[]; taskIds: string[] }): boolean {
  switch (notice.kind) {
    case "tools_changed":
      return subscription.tools;
    case "resource_changed":
    case "resource_lost":
      return subscription.uris.includes(notice.uri);
    case "task_changed":
      return subscription.taskIds.includes(notice.task.taskId);
  }
}
