// What a runbook does things with: tools that read, actions that there are, and arguments that they take.

import * as z from "zod";
import { ACTION_ROUTES } from "k8s-proxy/contract";
import { parsePath } from "../../src/runbooks/path.ts";
import { isAction } from "../../src/runbooks/plan-step.ts";
import { referenceIn } from "../../src/runbooks/reference.ts";
import { checkFit } from "./arguments.ts";
import { schemasAt } from "./json-schema.ts";
import { answerOf, startsWith } from "./left.ts";
import { argumentsIn, argumentsPath } from "./steps.ts";
import type { Tool } from "../../src/tool/tool.ts";
import type { Facts } from "./facts.ts";
import type { Known } from "./names.ts";
import type { Complaint } from "./source.ts";
import type { Placed } from "./steps.ts";

export function checkUses(placed: Placed, known: Known, facts: Facts): readonly Complaint[] {
  const { step, path } = placed;
  if ("tool" in step) {
    return [
      ...checkTool(placed, { name: step.tool, at: [...path, "tool"] }, { known, facts }),
      ...checkSave(placed, facts),
    ];
  }
  if ("wait" in step) {
    return checkTool(placed, { name: step.wait.tool, at: [...path, "wait", "tool"] }, { known, facts });
  }
  return "k8s" in step ? checkAction(placed, step.k8s.action, known) : [];
}

interface Named {
  readonly name: string;
  readonly at: Complaint["path"];
}

/** The cluster is the run's own, and is put beside the arguments. */
function checkTool(
  placed: Placed,
  { name, at }: Named,
  { known, facts }: { readonly known: Known; readonly facts: Facts },
): readonly Complaint[] {
  const tool = facts.tools.get(name);
  if (tool === undefined) return [{ path: at, message: `there is no tool ${name}` }];
  const { properties = {}, required = [] } = tool.inputSchema();
  if (tool.effect !== "read")
    return [{ path: at, message: `${name} is no tool that only reads: changes are k8s steps` }];
  if (!Object.hasOwn(properties, "cluster") || name.startsWith("runbook.")) {
    return [{ path: at, message: `${name} does not read a cluster` }];
  }
  const own = argumentsIn(placed).filter((one) => one.name === "cluster" || one.name === "cursor");
  const complaints = own.map((one) => ({ path: one.path, message: `${one.name} is not the runbook's to set` }));
  const sample = bind(tool, { ...sampleOf(placed), cluster: "any" });
  return [...complaints, ...checkFit(placed, { name, properties, required, issues: sample }, known)];
}

function bind(tool: Tool, args: object): readonly Complaint[] {
  const bound = tool.bind(args, ["any"]);
  if (bound.ok) return [];
  return bound.error.issues.map(({ path, message }) => ({ path: path.split("."), message }));
}

/** What the run itself sets: the same for every action. */
const OWN: Readonly<Record<string, unknown>> = { dry_run: true, idempotency_key: "preview:build", expect: undefined };

function checkAction(placed: Placed, name: string, known: Known): readonly Complaint[] {
  const at = [...argumentsPath(placed), "action"];
  if (!isAction(name)) {
    return [{ path: at, message: `there is no action ${name}; there are ${Object.keys(ACTION_ROUTES).join(", ")}` }];
  }
  const own = argumentsIn(placed).filter((one) => Object.hasOwn(OWN, one.name));
  if (own.length > 0) return own.map((one) => ({ path: one.path, message: `${one.name} is set by the run itself` }));
  const { request } = ACTION_ROUTES[name];
  const { properties = {}, required = [] } = z.toJSONSchema(request, { io: "input" });
  const { error } = request.safeParse({ ...sampleOf(placed), ...OWN });
  const issues = (error?.issues ?? []).map(({ path, message }) => ({ path, message }));
  const needed = required.filter((one) => !Object.hasOwn(OWN, one));
  return [...checkRepeat(placed, name), ...checkFit(placed, { name, properties, required: needed, issues }, known)];
}

/** Nothing else gets further by being done again. */
function checkRepeat({ step, path }: Placed, name: string): readonly Complaint[] {
  if (!("k8s" in step) || step.repeat === undefined || name === "drain") return [];
  return [{ path: [...path, "repeat"], message: `only drain is repeated: ${name} does all that it does at once` }];
}

/** A placeholder is no value yet: an object, which none of the arguments may be, so that its own issues can be told apart. */
function sampleOf(placed: Placed): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    argumentsIn(placed).map(({ name, value }) => [name, referenceIn(value) === undefined ? value : {}]),
  );
}

function checkSave({ step, path }: Placed, { tools }: Facts): readonly Complaint[] {
  if (!("tool" in step)) return [];
  const answer = answerOf(step.tool, tools);
  const seen: (readonly string[])[] = [];
  return step.save.flatMap((text, index) => {
    const at = [...path, "save", index];
    const parsed = parsePath(text);
    if (parsed === undefined || parsed.some((segment) => /^\d+$/.test(segment))) {
      return [{ path: at, message: `${text} is no path such as workload.desired or nodes.*.name` }];
    }
    if (schemasAt(answer, parsed).length === 0) {
      return [{ path: at, message: `the answer of ${step.tool} has no ${text}` }];
    }
    const plain = parsed.filter((segment) => segment !== "*");
    const other = seen.find((one) => startsWith(one, plain) || startsWith(plain, one));
    seen.push(plain);
    return other ? [{ path: at, message: `${text} and ${other.join(".")} are saved to one place` }] : [];
  });
}
