// The console's runs: how one stands, and asking it to stop.

import { err, ok } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { find } from "./approvals.ts";
import { runAnswer } from "./cards.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

/** Through its approval, which says whether it exists and who may see it: a made-up id wakes no object. */
export async function showRun(asked: Asked): Promise<Result<Response, Problem>> {
  const runId = asked.id;
  const approval = await find({ ...asked, id: runId.replace(/^rb-/, "") });
  if (approval?.runId !== runId) return err(UNKNOWN);
  const run = await asked.desk.runOf(runId).view(runId);
  return run ? ok(answer(runAnswer(run))) : err(UNKNOWN);
}

export async function cancelRun(asked: Asked): Promise<Result<Response, Problem>> {
  const { principal, sourceIp } = asked.visit;
  const stopped = await asked.desk.approvals.stopRun(asked.id, { principal, sourceIp });
  return stopped.ok ? showRun(asked) : err(problemOf(stopped.error));
}

const UNKNOWN: Problem = {
  status: 404,
  reason: "not_found",
  detail: "There is no run of this id that you may see, or it has not begun yet.",
};
