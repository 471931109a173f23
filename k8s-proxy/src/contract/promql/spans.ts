// How far back and how finely a query may look, and how many series it may name: the rules about numbers.
import { spanMs } from "./durations.ts";
import { excerpt } from "./excerpt.ts";

import type { SyntaxNode } from "@lezer/common";

const DAY_MS = 86_400_000;
const MAX_RANGE_MS = 7 * DAY_MS;
const MAX_OFFSET_MS = 31 * DAY_MS;
const MAX_SUBQUERY_MS = DAY_MS;
const MAX_STEPS = 1_000;
/** The evaluation interval of most servers, where a subquery names no step. */
const ASSUMED_STEP_MS = 60_000;
const MAX_K = 100;

/** A sentence that says what to change, or nothing. Called for every node of the tree. */
export function spanFault(node: SyntaxNode, query: string, now: number | undefined): string | undefined {
  switch (node.name) {
    case "MatrixSelector":
      return rangeFault(node, query);
    case "SubqueryExpr":
      return subqueryFault(node, query);
    case "OffsetExpr":
      return offsetFault(textOf(node.getChild("OffsetDurationExpr"), query));
    case "StepInvariantExpr":
      return momentFault(node.getChild("NumberDurationLiteral"), query, now);
    case "AggregateExpr":
      return countFault(node, query);
    default:
      return undefined;
  }
}

function rangeFault(node: SyntaxNode, query: string): string | undefined {
  const text = textOf(node.getChild("DurationExpr"), query);
  const range = spanMs(text);
  if (range === undefined) return notPlain(text);
  return range > MAX_RANGE_MS ? `The range [${text}] is longer than 7d; use a shorter one.` : undefined;
}

function subqueryFault(node: SyntaxNode, query: string): string | undefined {
  const [range, step] = node.getChildren("DurationExpr").map((part) => textOf(part, query));
  const rangeMs = spanMs(range ?? "");
  const own = stepsOf(node, query);
  if (rangeMs === undefined || own === undefined) return notPlain(`${range ?? ""}:${step ?? ""}`);
  if (rangeMs > MAX_SUBQUERY_MS) return `The subquery [${range ?? ""}:…] is longer than 1d; use a shorter one.`;

  // A subquery within a subquery runs once for every step of the outer one.
  let steps = own;
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (outer.name === "SubqueryExpr") steps *= stepsOf(outer, query) ?? 1;
  }
  if (steps <= MAX_STEPS) return undefined;
  return `The subquery [${range ?? ""}:${step ?? ""}] takes ${Math.ceil(steps)} steps; ${MAX_STEPS} at most. Give a longer step, such as [1h:1m].`;
}

/** Undefined where a part is not one literal, or the step is no span of time. */
function stepsOf(node: SyntaxNode, query: string): number | undefined {
  const [range = "", step] = node.getChildren("DurationExpr").map((part) => textOf(part, query));
  const rangeMs = spanMs(range);
  const stepMs = step === undefined ? ASSUMED_STEP_MS : spanMs(step);
  if (rangeMs === undefined || stepMs === undefined || stepMs <= 0) return undefined;
  return Math.max(1, rangeMs / stepMs);
}

function offsetFault(text: string): string | undefined {
  const offset = spanMs(text);
  if (offset === undefined) return notPlain(text);
  return Math.abs(offset) > MAX_OFFSET_MS ? `The offset ${text} is longer than 31d; use a shorter one.` : undefined;
}

/** `@ start()` and `@ end()` are the bounds of the question itself, which are checked where it is asked. */
function momentFault(literal: SyntaxNode | null, query: string, now: number | undefined): string | undefined {
  if (!literal) return undefined;
  const at = spanMs(textOf(literal, query));
  if (at === undefined) return notPlain(textOf(literal, query));
  if (now === undefined || Math.abs(now - at) <= MAX_OFFSET_MS) return undefined;
  return `The moment @ ${textOf(literal, query)} is more than 31d away; it is a Unix time in seconds.`;
}

const COUNTED: readonly string[] = ["Topk", "Bottomk", "LimitK"];

function countFault(node: SyntaxNode, query: string): string | undefined {
  const operator = node.getChild("AggregateOp")?.firstChild;
  if (!operator || !COUNTED.includes(operator.name)) return undefined;
  const name = textOf(operator, query);
  const count = node.getChild("FunctionCallBody")?.firstChild ?? null;
  const k = count?.name === "NumberDurationLiteral" ? Number(textOf(count, query)) : Number.NaN;
  return k <= MAX_K ? undefined : `${name}() needs a plain number of at most ${MAX_K} first, such as ${name}(20, …).`;
}

function notPlain(text: string): string {
  return `The span ${excerpt(text, 40)} is not plain; write one such as 5m or 1h30m.`;
}

function textOf(node: SyntaxNode | null, query: string): string {
  return node ? query.slice(node.from, node.to).trim() : "";
}
