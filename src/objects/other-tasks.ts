// Tasks outlive the connection on which they began: their ids say in which object they are kept.

import type { Opening } from "../access/opening.ts";
import type { OtherTasks, TaskQuestion } from "../mcp/context.ts";
import type { RequestMeta } from "../mcp/meta.ts";

/** What one object asks another. Whom the task belongs to is looked at there once more. */
export interface RemoteTask {
  readonly question: TaskQuestion;
  readonly meta: RequestMeta;
  readonly opening: Opening;
}

interface Keeper {
  task(asked: RemoteTask): Promise<string | undefined>;
}

interface Keepers {
  readonly own: DurableObjectId;
  readonly sessions: {
    idFromString(id: string): DurableObjectId;
    get(id: DurableObjectId): Keeper;
  };
}

export function taskId(keeper: DurableObjectId, uuid: string): string {
  return `${keeper.toString()}.${uuid}`;
}

export function otherTasks(opening: Opening, { own, sessions }: Keepers): OtherTasks {
  return {
    ask: async (question, meta) => {
      const [keeper = ""] = question.taskId.split(".");
      if (keeper === own.toString()) return undefined;
      try {
        // Refused by the platform unless it made this id itself: nobody wakes an object with one of their own invention.
        return await sessions.get(sessions.idFromString(keeper)).task({ question, meta, opening });
      } catch {
        return undefined; // no object of ours, or one that cannot be reached: the task is not to be found now
      }
    },
  };
}
