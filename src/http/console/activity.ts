// The socket on which an open page hears that calls, sessions, keys, the log or the upstreams have changed. Frames say no more.

import { listen, refusedToAgents } from "./live.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

export function openActivity(asked: Asked): Promise<Result<Response, Problem>> {
  const { visit, desk } = asked;
  const permitted = refusedToAgents(visit.principal);
  return listen(asked, { permitted, open: (init) => desk.metrics().fetch("https://metrics/activity", init) });
}
