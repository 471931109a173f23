// What `${…}` may name: a parameter, or a part of what an earlier step has saved. Nothing else is ever replaced.

import { valueAt } from "./path.ts";
import type { Path, Saved } from "./path.ts";
import type { Scalar } from "./runbook.ts";

export type Params = Readonly<Record<string, Scalar>>;

/** What is known while a runbook is gone through. */
export interface Scope {
  readonly params: Params;
  /** By the ids of the steps that have been done, and of no others. */
  readonly steps: Readonly<Record<string, Saved>>;
}

export interface Reference {
  readonly root: "params" | "steps";
  /** Of a parameter its name; of a step its id, and the way into what it has saved. */
  readonly path: Path;
}

export type Found =
  | { readonly kind: "found"; readonly value: unknown }
  /** The step has not been done yet. */
  | { readonly kind: "later" }
  | { readonly kind: "missing" };

const NAME = /(params\.[a-z][a-z0-9_]{0,31}|steps\.[a-z][a-z0-9_]{0,31}(?:\.[A-Za-z0-9][A-Za-z0-9_-]{0,62}){1,10})/;
const WHOLE = new RegExp(`^\\$\\{${NAME.source}\\}$`);
const ANY = new RegExp(`\\$\\{${NAME.source}\\}`, "g");

/** Of an argument: undefined where it is a literal, or no reference at all. */
export function referenceIn(value: Scalar): Reference | undefined {
  const [, name] = typeof value === "string" ? (WHOLE.exec(value) ?? []) : [];
  return name === undefined ? undefined : referenceTo(name);
}

/** Of a text for people: every place where one stands is replaced, once, and what comes in is not looked at again. */
export function replaceReferences(text: string, replace: (reference: Reference) => string): string {
  return text.replaceAll(ANY, (_whole, name: string) => replace(referenceTo(name)));
}

export function look(reference: Reference, { params, steps }: Scope): Found {
  if (reference.root === "steps" && !Object.hasOwn(steps, reference.path[0] ?? "")) return { kind: "later" };
  const value = valueAt(reference.root === "params" ? params : steps, reference.path);
  return value === undefined ? { kind: "missing" } : { kind: "found", value };
}

export function nameOf({ root, path }: Reference): string {
  return `${root}.${path.join(".")}`;
}

function referenceTo(name: string): Reference {
  const [root, ...path] = name.split(".");
  return { root: root === "params" ? "params" : "steps", path };
}
