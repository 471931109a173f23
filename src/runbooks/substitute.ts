// From what a runbook has written to what is sent: whole values into arguments, words into text for people.

import { err, ok } from "../result.ts";
import { look, nameOf, referenceIn, replaceReferences } from "./reference.ts";
import type { Result } from "../result.ts";
import type { Reference, Scope } from "./reference.ts";
import type { Scalar } from "./runbook.ts";

export type Arguments = Readonly<Record<string, Scalar>>;

/** No argument of any tool or action is longer. */
const MAX_ARGUMENT = 1_024;
const MAX_WORD = 200;
const MAX_MESSAGE = 1_000;

/**
 * The arguments as they are sent, each of the type that its value has. One whose parameter was not given is left out; any
 * other that cannot be had is a fault. A value is a value: what looks like a reference in it stays as it is.
 */
export function substitute(args: Arguments, scope: Scope): Result<Arguments, string> {
  const rendered = render(args, scope);
  if (!rendered.ok) return rendered;
  const [first] = rendered.value.later;
  return first === undefined ? ok(rendered.value.args) : err(`${first} is not known yet: its step has not been done.`);
}

export interface Rendered {
  readonly args: Arguments;
  /** What only a step that has not been done yet can tell; the arguments hold it as it is written. */
  readonly later: readonly string[];
}

export function render(args: Arguments, scope: Scope): Result<Rendered, string> {
  const rendered: [string, Scalar][] = [];
  const later: string[] = [];
  for (const [name, written] of Object.entries(args)) {
    const reference = referenceIn(written);
    const found = reference === undefined ? { kind: "found" as const, value: written } : look(reference, scope);
    if (found.kind === "missing" && reference?.root === "params") continue;
    if (found.kind === "missing") return err(`${name}: the answer has no ${reference ? nameOf(reference) : ""}.`);
    if (found.kind === "later") later.push(reference ? nameOf(reference) : name);
    const value = found.kind === "later" ? ok(written) : argument(name, found.value);
    if (!value.ok) return value;
    rendered.push([name, value.value]);
  }
  return ok({ args: Object.fromEntries(rendered), later });
}

function argument(name: string, value: unknown): Result<Scalar, string> {
  const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!isScalar) return err(`${name}: what is to stand there is a list or an object, not one value.`);
  if (typeof value !== "string" || value.length <= MAX_ARGUMENT) return ok(value);
  return err(`${name}: what is to stand there is longer than ${MAX_ARGUMENT} characters.`);
}

/** Text for people, in one line. What a step has yet to tell stays as it is written; what it did not tell is said to be so: a message stops no run. */
export function renderMessage(text: string, scope: Scope): string {
  return oneLine(
    replaceReferences(text, (reference) => wordFor(reference, scope)),
    MAX_MESSAGE,
  );
}

function wordFor(reference: Reference, scope: Scope): string {
  const found = look(reference, scope);
  if (found.kind === "later") return `\${${nameOf(reference)}}`;
  if (found.kind === "missing") return `(${nameOf(reference)} is not known)`;
  const value = argument("", found.value);
  return value.ok ? oneLine(String(value.value), MAX_WORD) : `(${nameOf(reference)} is too much to show)`;
}

/** Without what would break a line, hide text or turn it round. */
function oneLine(text: string, most: number): string {
  const plain = text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return plain.length > most ? `${plain.slice(0, most).toWellFormed()}…` : plain;
}
