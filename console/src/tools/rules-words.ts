// The rules of a parameter in words: what it may be, and what holds where it is left out.

import type { ParameterField } from "./fields.ts";

export function sayRules({ kind, rules, default: standard }: ParameterField): string {
  const { minimum, maximum, minItems, maxItems, maxLength, exclusiveMinimum, exclusiveMaximum } = rules;
  const words = [span(minimum, maximum, ""), span(minItems, maxItems, maxItems === 1 ? " item" : " items")];
  if (exclusiveMinimum !== undefined) words.unshift(`more than ${exclusiveMinimum}`);
  if (exclusiveMaximum !== undefined) words.push(`less than ${exclusiveMaximum}`);
  // A length is worth a word only where one may run into it.
  if (maxLength !== undefined && kind === "text" && maxLength <= 64) words.push(`at most ${maxLength} characters`);
  if (standard !== undefined && kind !== "choice" && kind !== "boolean") words.push(`left out: ${standard}`);
  const said = words.filter((word) => word !== "").join("; ");
  return said === "" ? "" : `${said[0]?.toUpperCase() ?? ""}${said.slice(1)}.`;
}

function span(least: number | undefined, most: number | undefined, of: string): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${of}`;
  if (least !== undefined) return `at least ${least}${least === 1 ? of.replace(/s$/, "") : of}`;
  return most === undefined ? "" : `at most ${most}${of}`;
}
