// From what was typed into a form to the arguments of a call, or to what is wrong with them. The server looks again.

import { err, ok } from "../../../src/result.ts";
import { isRecord } from "./fields.ts";
import type { Result } from "../../../src/result.ts";
import type { ParameterField, Rules } from "./fields.ts";

/** By the name of the parameter. */
export type Faults = Readonly<Record<string, string>>;

export interface ReadForm {
  /** Of all that could be read. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly faults: Faults;
}

export function readForm(fields: readonly ParameterField[], values: Readonly<Record<string, string>>): ReadForm {
  const args: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const typed = values[field.name] ?? "";
    if (isLeftOut(field, typed)) {
      if (field.isRequired) faults[field.name] = "Is needed.";
      continue;
    }
    const read = readAs(field, typed);
    if (read.ok) args[field.name] = read.value;
    else faults[field.name] = read.error;
  }
  return { args, faults };
}

/** Spaces may be meant in a text; in anything else they are nothing. */
function isLeftOut({ kind }: ParameterField, typed: string): boolean {
  return kind === "text" ? typed === "" : typed.trim() === "";
}

export function linesIn(typed: string): readonly string[] {
  return typed.split("\n").filter((line) => line.trim() !== "");
}

type Read = Result<unknown, string>;

function readAs({ kind, options, rules }: ParameterField, typed: string): Read {
  switch (kind) {
    case "text":
      return readText(typed, rules);
    case "number":
    case "integer":
      return readNumber(typed.trim(), kind, rules);
    case "boolean":
      return ok(typed === "true");
    case "choice":
      return options.includes(typed) ? ok(typed) : err(`Must be one of ${options.join(", ")}.`);
    case "choices":
    case "lines":
      return readList(linesIn(typed), rules);
    case "json":
      return readJson(typed, rules);
  }
}

function readText(typed: string, { minLength = 0, maxLength = Infinity, pattern }: Rules): Read {
  // In code points, as JSON Schema counts them.
  const length = Array.from(typed).length;
  if (length < minLength) return err(`Must have at least ${minLength} characters.`);
  if (length > maxLength) return err(`Must have at most ${maxLength} characters; it has ${length}.`);
  if (pattern !== undefined && !fits(typed, pattern)) return err(`Must have the form ${pattern}`);
  return ok(typed);
}

/** A pattern that this browser does not know is left to the server. */
function fits(typed: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(typed);
  } catch {
    return true;
  }
}

function readNumber(typed: string, kind: "number" | "integer", rules: Rules): Read {
  const number = Number(typed);
  if (!/^[-+.\deE]+$/.test(typed) || !Number.isFinite(number)) return err("Must be a number.");
  if (kind === "integer" && !Number.isSafeInteger(number)) return err("Must be a whole number.");
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum } = rules;
  if (number < minimum) return err(`Must be at least ${minimum}.`);
  if (number > maximum) return err(`Must be at most ${maximum}.`);
  if (exclusiveMinimum !== undefined && number <= exclusiveMinimum)
    return err(`Must be more than ${exclusiveMinimum}.`);
  if (exclusiveMaximum !== undefined && number >= exclusiveMaximum)
    return err(`Must be less than ${exclusiveMaximum}.`);
  return ok(number);
}

function readList(lines: readonly string[], { minItems = 0, maxItems = Infinity }: Rules): Read {
  if (lines.length < minItems) return err(`Give at least ${minItems}.`);
  if (lines.length > maxItems) return err(`Give at most ${maxItems}; there are ${lines.length}.`);
  return ok(lines);
}

function readJson(typed: string, { shape }: Rules): Read {
  const value = parsed(typed);
  if (!value.ok) return value;
  if (shape === "object" && !isRecord(value.value)) return err('Must be an object: {"name": "value"}');
  if (shape === "array" && !Array.isArray(value.value)) return err('Must be a list: ["one", "two"]');
  return value;
}

function parsed(typed: string): Read {
  try {
    return ok(JSON.parse(typed));
  } catch (cause) {
    return err(`Is not JSON: ${cause instanceof Error ? cause.message : "it cannot be read"}`);
  }
}
