// The methods tasks/get, tasks/update and tasks/cancel.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { SILENT } from "../tool/exchange.ts";
import { lookingAround, principalIdOf } from "./context.ts";
import { missingCapability } from "./rounds.ts";
import { taskFields } from "./tasks.ts";
import { workOf } from "./tools-call.ts";
import { TASKS_EXTENSION } from "./versions.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { StoredTask } from "../ports/task-store.ts";
import type { Asked } from "./context.ts";
import type { Tasks } from "./tasks.ts";

const TaskParams = once(() =>
  z.object({ taskId: z.string(), inputResponses: z.record(z.string(), z.unknown()).optional() }),
);

interface Found {
  readonly tasks: Tasks;
  readonly task: StoredTask;
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Every request is authorised anew, and another principal's task is as unknown as one that never was. */
function withTask(act: (found: Found, asked: Asked) => string) {
  return async (params: Params, asked: Asked): Promise<Reply> => {
    const { peer, meta, words } = asked;
    if (!meta.client.extensions?.[TASKS_EXTENSION]) {
      return { error: missingCapability({ extensions: { [TASKS_EXTENSION]: {} } }) };
    }
    const caller = await lookingAround(peer);
    if (!caller.ok) return { error: caller.error };
    const parsed = TaskParams().safeParse(params);
    const task = parsed.success ? peer.tasks?.get(parsed.data.taskId, principalIdOf(peer)) : undefined;
    if (!peer.tasks || !task) return { error: rpcError("invalid_params", UNKNOWN) };
    const fields = act({ tasks: peer.tasks, task, responses: parsed.data?.inputResponses ?? {} }, asked);
    return { result: words.result(fields) };
  };
}

export const tasksGet = withTask(({ task }) => taskFields(task, true));

export const tasksUpdate = withTask(({ tasks, task, responses }, asked) => {
  // Its stream is another request's, which has ended: a task says what it has to say in its status.
  tasks.answer(task, responses, workOf(task.call, asked, SILENT));
  return "";
});

export const tasksCancel = withTask(({ tasks, task }) => {
  tasks.cancel(task);
  return "";
});

const UNKNOWN = "There is no such task: it was never yours, or it has expired.";
