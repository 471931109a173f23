// What a step leaves behind for those after it, as far as its tool's own schema says.

import * as z from "zod";
import { ActionOutcome } from "k8s-proxy/contract";
import { OUTCOME_PATHS } from "../../src/runbooks/outcome.ts";
import { parsePath } from "../../src/runbooks/path.ts";
import { schemasAt } from "./json-schema.ts";
import type { Path } from "../../src/runbooks/path.ts";
import type { Step } from "../../src/runbooks/runbook.ts";
import type { Schema } from "./json-schema.ts";
import type { Facts } from "./facts.ts";

export interface Left {
  /** As it is written: `nodes.*.name`. */
  readonly save: readonly string[];
  /** Of the whole answer. */
  readonly answer: unknown;
}

export function leftBy(step: Step, { tools }: Facts): Left {
  if ("k8s" in step) return leftByAction();
  return "tool" in step ? { save: step.save, answer: answerOf(step.tool, tools) } : { save: [], answer: {} };
}

export function leftByAction(): Left {
  return { save: OUTCOME_PATHS, answer: z.toJSONSchema(ActionOutcome(), { io: "output" }) };
}

/** Of a tool that there is not anything may be expected: that there is not is said elsewhere. */
export function answerOf(name: string, tools: Facts["tools"]): unknown {
  return tools.get(name)?.outputSchema() ?? {};
}

/** What may stand at a name behind `steps.<id>`: undefined where it is not saved, none where it is not in the answer. */
export function schemasLeft({ save, answer }: Left, rest: Path): readonly Schema[] | undefined {
  for (const text of save) {
    const path = parsePath(text) ?? [];
    const plain = path.filter((segment) => segment !== "*");
    if (startsWith(plain, rest) && plain.length > rest.length) return [{}];
    if (!startsWith(rest, plain)) continue;
    const beyond = rest.slice(plain.length);
    if (plain.length === path.length) return schemasAt(answer, [...path, ...beyond]);
    // A column: the name alone is a list, a place in it is one of its items.
    return beyond.length === 0 ? [{ type: "array" }] : schemasAt(answer, [...path, ...beyond.slice(1)]);
  }
  return undefined;
}

export function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((segment, index) => path[index] === segment);
}
