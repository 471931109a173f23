// The library of CEL, in a file of its own because it is loaded late: see expression.ts.

import { Environment } from "@marcbachmann/cel-js";
import { once } from "../once.ts";

/** For expressions of 500 characters: none that a person would write comes near. */
const LIMITS = { maxAstNodes: 200, maxDepth: 32, maxListElements: 50, maxMapEntries: 0, maxCallArguments: 2 };

/** JSON does not tell 2 from 2.0, so a sum must not fail because a value happens to be whole. */
const MIXED = {
  "+": (left: number, right: number) => left + right,
  "-": (left: number, right: number) => left - right,
  "*": (left: number, right: number) => left * right,
  "/": (left: number, right: number) => left / right,
} as const;

const environment = once(() => {
  const made = new Environment({ limits: LIMITS })
    .registerVariable("params", "map<string, dyn>")
    .registerVariable("steps", "map<string, dyn>")
    .registerVariable("result", "dyn");
  for (const [sign, apply] of Object.entries(MIXED)) {
    const handler = (left: number | bigint, right: number | bigint) => apply(Number(left), Number(right));
    made.registerOperator(`int ${sign} double: double`, handler);
    made.registerOperator(`double ${sign} int: double`, handler);
  }
  return made;
});

/** Throws what `wordsOf` can read. */
export function parseCel(text: string) {
  return environment().parse(text);
}

/** Its own errors carry a summary beside a message that draws the text over several lines. Whatever it throws is about the expression. */
export function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) throw cause;
  return "summary" in cause && typeof cause.summary === "string" ? cause.summary : cause.message;
}
