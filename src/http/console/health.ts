// How things stand with the deployment, for the people who run it.

import { ok } from "../../result.ts";
import { healthOf } from "../ready.ts";
import { answer } from "./answers.ts";
import { refusedToAgents } from "./live.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

export async function showHealth({ visit, desk }: Asked): Promise<Result<Response, Problem>> {
  const refused = refusedToAgents(visit.principal);
  return refused.ok ? ok(answer(healthOf(await desk.metrics().overview()))) : refused;
}
