// One selector of a query: what it says about the series it wants, and whether it says enough.
import { err, ok } from "../../result.ts";
import { excerpt } from "./excerpt.ts";
import { quote, unquote } from "./strings.ts";

import type { SyntaxNode } from "@lezer/common";
import type { Result } from "../../result.ts";

export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

export interface Selector {
  readonly metric: string | undefined;
  readonly matchers: readonly Matcher[];
  /** As it stands in the query, cut, for messages. */
  readonly text: string;
  /** Counted from one. */
  readonly character: number;
}

const MATCHERS: readonly string[] = ["UnquotedLabelMatcher", "QuotedLabelMatcher"];
const MAX_SHOWN = 60;

export function readSelector(node: SyntaxNode, query: string): Result<Selector, string> {
  const identifier = node.getChild("Identifier");
  let metric = identifier ? query.slice(identifier.from, identifier.to) : undefined;
  const matchers: Matcher[] = [];
  for (let part = node.getChild("LabelMatchers")?.firstChild; part; part = part.nextSibling) {
    if (part.name === "QuotedLabelName") {
      const quoted = stringIn(part, query);
      if (!quoted.ok) return quoted;
      metric = quoted.value;
    } else if (MATCHERS.includes(part.name)) {
      const matcher = readMatcher(part, query);
      if (!matcher.ok) return matcher;
      matchers.push(matcher.value);
    }
  }
  return ok({ metric, matchers, text: excerpt(query.slice(node.from, node.to), MAX_SHOWN), character: node.from + 1 });
}

function readMatcher(node: SyntaxNode, query: string): Result<Matcher, string> {
  const bare = node.getChild("LabelName");
  const quoted = node.getChild("QuotedLabelName");
  const label = quoted ? stringIn(quoted, query) : ok(bare ? query.slice(bare.from, bare.to) : "");
  const value = stringIn(node, query);
  const operation = node.getChild("MatchOp");
  const operator = operatorOf(operation ? query.slice(operation.from, operation.to) : "");
  if (!label.ok) return label;
  if (!value.ok) return value;
  if (!operator) return err(`The matcher at character ${node.from + 1} has no operator; use =, !=, =~ or !~.`);
  return ok({ label: label.value, operator, value: value.value });
}

function operatorOf(text: string): Matcher["operator"] | undefined {
  return text === "=" || text === "!=" || text === "=~" || text === "!~" ? text : undefined;
}

function stringIn(node: SyntaxNode, query: string): Result<string, string> {
  const literal = node.getChild("StringLiteral");
  const text = literal ? unquote(query.slice(literal.from, literal.to)) : undefined;
  return text === undefined ? err(badString(literal?.from ?? node.from)) : ok(text);
}

export function badString(at: number): string {
  return `The string at character ${at + 1} is not closed or has an escape that PromQL does not know.`;
}

/** Whatever says nothing about the series leaves the server to read all of them. */
export function selectivityFault({ metric, matchers, text, character }: Selector): string | undefined {
  const isNamed = metric !== undefined && metric !== "";
  if (isNamed || matchers.some(isSelective)) return undefined;
  return `The selector ${text} at character ${character} could be any series; give it a metric name, or a matcher such as job="api".`;
}

function isSelective({ label, operator, value }: Matcher): boolean {
  if (operator === "=") return value !== "";
  // Names by pattern alone are half the database; with another matcher beside them they are a question.
  return operator === "=~" && label !== "__name__" && !value.split("|").some(isBlank);
}

/** An alternative that says nothing: empty, or made of dots, anchors, groups and repetitions only. */
function isBlank(alternative: string): boolean {
  return /^[.^$()?:*+]*(\{[\d,]*\}[.^$()?:*+]*)*$/.test(alternative);
}

/** The same selector again, in the one form that every server understands. */
export function writeSelector({ metric, matchers }: Selector): string {
  const name = metric === undefined ? [] : [`__name__=${quote(metric)}`];
  const labels = matchers.map(({ label, operator, value }) => `${writeLabel(label)}${operator}${quote(value)}`);
  return `{${[...name, ...labels].join(",")}}`;
}

function writeLabel(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : quote(label);
}
