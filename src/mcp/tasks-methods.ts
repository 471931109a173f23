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
import type { Asked, TaskQuestion } from "./context.ts";

const TaskParams = once(() =>
  z.object({ taskId: z.string(), inputResponses: z.record(z.string(), z.unknown()).optional() }),
);

/** Every request is authorised anew. Another principal's task and one that never was read the same. */
export async function askAboutTask(act: TaskQuestion["act"], params: Params, asked: Asked): Promise<Reply> {
  const { peer, meta, words } = asked;
  if (!meta.client.extensions?.[TASKS_EXTENSION]) {
    return { error: missingCapability({ extensions: { [TASKS_EXTENSION]: {} } }) };
  }
  const caller = await lookingAround(peer);
  if (!caller.ok) return { error: caller.error };
  const parsed = TaskParams().safeParse(params);
  if (!parsed.success) return { error: rpcError("invalid_params", UNKNOWN) };

  const { taskId, inputResponses: responses = {} } = parsed.data;
  const question = { act, taskId, responses };
  const fields = answerTask(question, asked) ?? (await peer.otherTasks?.ask(question, meta));
  return fields === undefined ? { error: rpcError("invalid_params", UNKNOWN) } : { result: words.result(fields) };
}

/** For a task of this very object; undefined where it is not one of the caller's. */
export function answerTask({ act, taskId, responses }: TaskQuestion, asked: Asked): string | undefined {
  const { tasks } = asked.peer;
  const task = tasks?.get(taskId, principalIdOf(asked.peer));
  if (!tasks || !task) return undefined;
  if (act === "get") return taskFields(task, true);
  // Its stream is another request's, which has ended: a task says what it has to say in its status.
  if (act === "update") tasks.answer(task, responses, workOf(task.call, asked, SILENT));
  else tasks.cancel(task);
  return "";
}

const UNKNOWN = "There is no such task: it was never yours, or it has expired.";
