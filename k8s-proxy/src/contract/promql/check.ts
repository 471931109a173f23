// May this query be run? Every rule in its order; what passes is written out anew, and only that is sent on.
import { err, ok } from "../../result.ts";
import { nestingOf } from "./nesting.ts";
import { namespaceFault } from "./namespaces.ts";
import { normalise } from "./normalise.ts";
import { parse } from "./parse.ts";
import { spanFault } from "./spans.ts";
import { readSelector, selectivityFault } from "./selector.ts";

import type { SyntaxNode, Tree } from "@lezer/common";
import type { Result } from "../../result.ts";
import type { Namespaces } from "./namespaces.ts";
import type { Selector } from "./selector.ts";

/** The parser's cost grows faster than its input: this much is parsed in a few milliseconds. */
export const MAX_QUERY_LENGTH = 4_096;
const MAX_NESTING = 30;
const MAX_SELECTORS = 20;
/** A long dashboard query has two hundred; only a chain of thousands of signs or sums comes near. */
const MAX_NODES = 2_000;

export interface Limits {
  /** Where the caller may look: names and prefixes (`shop-*`), or everything. */
  readonly namespaces: Namespaces;
  /** Milliseconds since 1970; without it, moments after `@` are not judged. */
  readonly now?: number;
}

export interface Checked {
  /** The same query without comments and spare space, every string in double quotes: equal queries look equal. */
  readonly normalised: string;
  readonly selectors: readonly Selector[];
  /** The whole query is one selector, as `match[]` takes it. */
  readonly isSelector: boolean;
}

/** Never throws. The error is a sentence that says what to change. */
export function checkPromql(query: string, limits: Limits): Result<Checked, string> {
  if (query.length > MAX_QUERY_LENGTH) {
    return err(`The query has ${query.length} characters; ${MAX_QUERY_LENGTH} at most. Ask for one thing at a time.`);
  }
  if (nestingOf(query) > MAX_NESTING) return err(`The query is nested deeper than ${MAX_NESTING} levels; flatten it.`);
  const tree = parse(query);
  if (!tree.ok) return tree;

  const found = walk(tree.value, query, limits);
  if (!found.ok) return found;
  const normalised = normalise(tree.value, query);
  if (!normalised.ok) return normalised;
  return ok({
    normalised: normalised.value,
    selectors: found.value,
    isSelector: tree.value.topNode.firstChild?.name === "VectorSelector",
  });
}

function walk(tree: Tree, query: string, limits: Limits): Result<readonly Selector[], string> {
  const selectors: Selector[] = [];
  const cursor = tree.cursor();
  let nodes = 0;
  do {
    if ((nodes += 1) > MAX_NODES) return err("The query has too many parts; ask for one thing at a time.");
    const read = cursor.name === "VectorSelector" ? readSelector(cursor.node, query) : undefined;
    if (read?.ok === false) return read;
    if (read) selectors.push(read.value);
    const fault = read ? selectorFault(read.value, limits) : nodeFault(cursor.node, query, limits);
    if (fault !== undefined) return err(fault);
    if (selectors.length > MAX_SELECTORS) {
      return err(`The query has more than ${MAX_SELECTORS} selectors; ask for one thing at a time.`);
    }
  } while (cursor.next());
  return ok(selectors);
}

function selectorFault(selector: Selector, { namespaces }: Limits): string | undefined {
  return selectivityFault(selector) ?? namespaceFault(selector, namespaces);
}

function nodeFault(node: SyntaxNode, query: string, { namespaces, now }: Limits): string | undefined {
  // It joins in series that no selector names, and so no namespace either.
  if (node.name === "Info" && namespaces !== "all" && !namespaces.includes("*")) {
    return "info() reads series beyond its argument; join the labels you need with group_left instead.";
  }
  return spanFault(node, query, now);
}
