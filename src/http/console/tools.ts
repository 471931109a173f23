// The console's catalogue of tools: all that there is to call, as it is set, and whether whoever looks may.

import { ok } from "../../result.ts";
import { answer } from "./answers.ts";
import { checkPerson } from "./permitted.ts";
import type { Result } from "../../result.ts";
import type { Judge } from "../../services/console.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { ToolCatalogue } from "./contract/tools.ts";

export async function listTools(asked: Asked): Promise<Result<Response, Problem>> {
  const person = checkPerson(asked);
  if (!person.ok) return person;
  const { visit, desk, services } = asked;
  const judge = services.judge(await desk.catalogue().settingsNow());
  // What no list shows is called on behalf of other messages, and never by its own name.
  const tools = judge.registry.all.filter(({ isListed }) => isListed);
  const body: ToolCatalogue = {
    tools: tools.map((tool) => {
      const { passed, detail } = judge.mayCall(visit.principal, tool.name);
      return { ...entryOf(tool, judge), mine: { may_call: passed, why: detail } };
    }),
    clusters: [...judge.clusters],
    policy_version: services.policy.version,
  };
  return ok(answer(body));
}

type Tool = Judge["registry"]["all"][number];

function entryOf(declared: Tool, { registry }: Judge) {
  const set = registry.get(declared.name);
  const { name, description, effect, requires, rate, cost, timeoutMs, maxResultBytes } = set ?? declared;
  return {
    ...{ name, description, effect, requires, rate, cost },
    ...{ timeout_ms: timeoutMs, max_result_bytes: maxResultBytes, enabled: set !== undefined },
    input_schema: { ...declared.inputSchema() },
    output_schema: { ...declared.outputSchema() },
  };
}
