// The console's kill switches: what is off, and switching it.

import { err, ok } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { switchesOf } from "./cards.ts";
import { SwitchBody } from "./contract.ts";
import { readJson } from "./guard.ts";
import type { KillSwitch } from "../../ports/approvals.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

export async function listSwitches(asked: Asked): Promise<Result<Response, Problem>> {
  const switches = await asked.desk.approvals.switches();
  return switches.ok ? ok(shown(switches.value, asked)) : err(problemOf(switches.error));
}

export async function flip(asked: Asked): Promise<Result<Response, Problem>> {
  const { request, visit, desk } = asked;
  const body = await readJson(request, SwitchBody());
  if (!body.ok) return body;
  const { principal: by, sourceIp } = visit;
  const flipped = await desk.approvals.flip({ ...body.value, by, sourceIp });
  return flipped.ok ? ok(shown(flipped.value, asked)) : err(problemOf(flipped.error));
}

function shown(switches: readonly KillSwitch[], { visit, services }: Asked): Response {
  return answer(switchesOf(switches, visit, { policy: services.policy, nowMs: services.now() }));
}
