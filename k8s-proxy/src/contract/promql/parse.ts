// From text to a tree without a fault in it: nothing is guessed, because what is checked must be what Prometheus runs.
import { parser } from "@prometheus-io/lezer-promql";
import { err, ok } from "../../result.ts";
import { excerpt } from "./excerpt.ts";

import type { Tree } from "@lezer/common";
import type { Result } from "../../result.ts";

/** Strict: it stops at the first fault instead of trying to mend it, which is what makes broken input expensive. */
const strict = parser.configure({ strict: true });

export function parse(query: string): Result<Tree, string> {
  if (query.trim() === "") return err("The query is empty.");
  try {
    const tree = strict.parse(query);
    const fault = faultIn(tree);
    return fault === undefined ? ok(tree) : err(noSense(query, fault));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return err(noSense(query, Number(/\d+/.exec(cause.message)?.[0] ?? 0)));
  }
}

/** A node for what should stand there and does not. */
function faultIn(tree: Tree): number | undefined {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return cursor.from;
  } while (cursor.next());
  return undefined;
}

function noSense(query: string, at: number): string {
  if (at >= query.trimEnd().length)
    return "The query is not PromQL: it ends too early (a bracket or an operand is missing).";
  return `The query is not PromQL at character ${at + 1}, near "${excerpt(query.slice(at), 20)}".`;
}
