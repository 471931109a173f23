// A parsed query written out again from what was understood of it: another parser that reads comments, spaces or escapes
// differently then has none to read.
import { err, ok } from "../../result.ts";
import { badString } from "./selector.ts";
import { quote, unquote } from "./strings.ts";

import type { SyntaxNode, Tree } from "@lezer/common";
import type { Result } from "../../result.ts";

/** Words, numbers, operators and brackets: nothing that begins a string or a comment. */
const PLAIN = /^[\w:.(){}[\],@+\-*/%^=!<>~ ]*$/;

export function normalise(tree: Tree, query: string): Result<string, string> {
  let text = "";
  let isAfterLeaf = false;
  let end = 0;
  for (const leaf of leavesOf(tree)) {
    // Brackets, commas and spaces are no nodes: they are what stands between two of them.
    const between = query.slice(end, leaf.from).replace(/\s+/g, "");
    const word = written(leaf, query);
    if (word === undefined) return err(badString(leaf.from));
    if (!PLAIN.test(between)) return err(`PromQL does not know what stands before character ${leaf.from + 1}.`);
    end = leaf.to;
    text += between;
    isAfterLeaf &&= between === "";
    if (word === "") continue;
    text += isAfterLeaf && isOneWord(text, word) ? ` ${word}` : word;
    isAfterLeaf = true;
  }
  const rest = query.slice(end).replace(/\s+/g, "");
  return PLAIN.test(rest) ? ok((text + rest).trim()) : err("PromQL does not know what the query ends in.");
}

function leavesOf(tree: Tree): readonly SyntaxNode[] {
  const leaves: SyntaxNode[] = [];
  const cursor = tree.cursor();
  do {
    if (cursor.firstChild()) cursor.parent();
    else leaves.push(cursor.node);
  } while (cursor.next());
  return leaves;
}

function written(leaf: SyntaxNode, query: string): string | undefined {
  const text = query.slice(leaf.from, leaf.to);
  if (leaf.name === "LineComment") return "";
  if (leaf.name === "StringLiteral") {
    const literal = unquote(text);
    return literal === undefined ? undefined : quote(literal);
  }
  const word = text.replace(/\s+/g, "");
  if (!PLAIN.test(word)) return undefined;
  return leaf.parent?.name === "BinaryExpr" && !leaf.type.is("Expr") ? ` ${word} ` : word;
}

/** Two words in a row would be one without a space between them; a comma or a bracket parts them as well. */
function isOneWord(before: string, after: string): boolean {
  return /[\w:.]$/.test(before) && /^[\w:.]/.test(after);
}
