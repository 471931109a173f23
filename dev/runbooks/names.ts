// Whether everything that a runbook names is there by then: parameters, and what earlier steps have saved.

import { checkExpression } from "../../src/runbooks/expression.ts";
import { nameOf, referenceIn, replaceReferences } from "../../src/runbooks/reference.ts";
import { schemasAt } from "./json-schema.ts";
import { answerOf, leftByAction, schemasLeft } from "./left.ts";
import { argumentsIn } from "./steps.ts";
import type { Name } from "../../src/runbooks/expression-names.ts";
import type { Reference } from "../../src/runbooks/reference.ts";
import type { Runbook } from "../../src/runbooks/runbook.ts";
import type { Facts } from "./facts.ts";
import type { Left } from "./left.ts";
import type { Complaint } from "./source.ts";
import type { Placed } from "./steps.ts";

/** What is known when a step's turn comes. */
export interface Known {
  readonly parameters: Runbook["parameters"];
  readonly left: ReadonlyMap<string, Left>;
}

/** What is wrong with a name, in words that go on after it. */
export function wrongWith({ root, path }: Pick<Name, "path"> & { readonly root: string }, known: Known) {
  const [id = "", ...rest] = path;
  if (root === "params") {
    const isOne = rest.length === 0 && Object.hasOwn(known.parameters.properties, id);
    return isOne ? undefined : "is no parameter of this runbook";
  }
  const left = known.left.get(id);
  if (left === undefined) return "is of a step that is not sure to have been done by then, or that there is not";
  if (rest.length === 0) return "is a step as a whole: name what of it is meant";
  const schemas = schemasLeft(left, rest);
  if (schemas === undefined) return `is not saved by ${id}, which saves ${left.save.join(", ") || "nothing"}`;
  return schemas.length === 0 ? "is not in the answer of its tool" : undefined;
}

export async function checkNames(placed: Placed, known: Known, facts: Facts): Promise<readonly Complaint[]> {
  return [
    ...checkArguments(placed, known),
    ...checkTexts(placed, known),
    ...(await checkExpressions(placed, known, facts)),
  ];
}

function checkArguments(placed: Placed, known: Known): readonly Complaint[] {
  return argumentsIn(placed).flatMap(({ value, path }) => {
    const reference = referenceIn(value);
    if (reference !== undefined) return complaintAbout(reference, known, path);
    if (typeof value !== "string" || !value.includes("${")) return [];
    return [{ path, message: `${ALONE}; text is never put together` }];
  });
}

const ALONE = "a placeholder is ${params.name} or ${steps.id.path}, with nothing beside it";

/** Only a notification is put together, because nobody but people read it. */
function checkTexts({ step, path }: Placed, known: Known): readonly Complaint[] {
  if ("check" in step && step.check.message.includes("${")) {
    return [{ path: [...path, "check", "message"], message: "nothing is filled in here: say what is wrong in words" }];
  }
  if (!("notify" in step)) return [];
  const references: Reference[] = [];
  const rest = replaceReferences(step.notify.message, (reference) => {
    references.push(reference);
    return "";
  });
  const at = [...path, "notify", "message"];
  const broken = rest.includes("${")
    ? [{ path: at, message: "a placeholder is ${params.name} or ${steps.id.path}" }]
    : [];
  return [...broken, ...references.flatMap((reference) => complaintAbout(reference, known, at))];
}

function complaintAbout(reference: Reference, known: Known, path: Complaint["path"]): readonly Complaint[] {
  const wrong = wrongWith(reference, known);
  return wrong === undefined ? [] : [{ path, message: `\${${nameOf(reference)}} ${wrong}` }];
}

interface Written {
  readonly text: string;
  readonly path: Complaint["path"];
  /** What is wrong with a name in `result`; where there is no result, that there is none. */
  readonly inResult: (path: Name["path"]) => string | undefined;
}

async function checkExpressions(placed: Placed, known: Known, facts: Facts): Promise<readonly Complaint[]> {
  const complaints: Complaint[] = [];
  for (const { text, path, inResult } of expressionsIn(placed, facts)) {
    const checked = await checkExpression(text, (name) => {
      return name.root === "result" ? inResult(name.path) : wrongWith(name, known);
    });
    if (!checked.ok) complaints.push({ path, message: `the expression: ${checked.error}` });
  }
  return complaints;
}

function expressionsIn({ step, path }: Placed, { tools }: Facts): readonly Written[] {
  if ("check" in step) {
    const inResult = () => "is there in a wait and in a repeat only";
    return [{ text: step.check.expr, path: [...path, "check", "expr"], inResult }];
  }
  if ("wait" in step) {
    const answer = answerOf(step.wait.tool, tools);
    const inResult = (at: Name["path"]) => (schemasAt(answer, at).length > 0 ? undefined : NOT_ANSWERED);
    return [{ text: step.wait.until, path: [...path, "wait", "until"], inResult }];
  }
  if (!("k8s" in step) || step.repeat === undefined) return [];
  const left = leftByAction();
  const inResult = (at: Name["path"]) => {
    return schemasLeft(left, at)?.length ? undefined : `is no part of an outcome, which has ${left.save.join(", ")}`;
  };
  return [{ text: step.repeat.until, path: [...path, "repeat", "until"], inResult }];
}

const NOT_ANSWERED = "is not in the answer of the tool";
