// Ways into JSON: `workload.desired`, `owners.0`, and `nodes.*.name` for the same part of every item of a list.

import { isLongerThan } from "../bytes.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";

export type Path = readonly string[];
/** What a step has saved, in the shape of its answer; `nodes.*.name` is the list `nodes.name`. */
export type Saved = Readonly<Record<string, unknown>>;

/** Kept with the run after every step, and shown with it. */
const MAX_SAVED_BYTES = 16 * 1024;
/** Longer than any name or selector; a log line may be. */
const MAX_TEXT = 1_024;
const MAX_STEPS = 10;
/** Begins with a letter or a digit, which `__proto__` does not. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const INDEX = /^\d{1,4}$/;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined where it is none. `*` stands for every item of a list, once at most and never at an end. */
export function parsePath(text: string): Path | undefined {
  const path = text.split(".");
  const stars = path.filter((segment) => segment === "*").length;
  if (path.length > MAX_STEPS || stars > 1 || path[0] === "*" || path.at(-1) === "*") return undefined;
  return path.every((segment) => segment === "*" || SEGMENT.test(segment)) ? path : undefined;
}

/** Its own properties and items only; undefined where there is nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((whole, segment) => {
    if (Array.isArray(whole)) return INDEX.test(segment) ? whole[Number(segment)] : undefined;
    return isRecord(whole) && Object.hasOwn(whole, segment) ? whole[segment] : undefined;
  }, value);
}

/** What is named of an answer. A part that is not there is left out, and `has()` of an expression can ask for it. */
export function savedOf(save: readonly string[], answer: unknown): Result<Saved, string> {
  let saved: Saved = {};
  for (const text of save) {
    const path = parsePath(text);
    if (path === undefined) return err(`${text} is no path.`);
    saved = merged(saved, partOf(answer, path));
  }
  if (!isLongerThan(JSON.stringify(saved), MAX_SAVED_BYTES)) return ok(saved);
  return err(`What is to be saved (${save.join(", ")}) is more than ${MAX_SAVED_BYTES} bytes.`);
}

/** The answer without all that does not lie on the path; as far down as there is something. */
function partOf(value: unknown, [head = "", ...rest]: Path): Saved {
  if (!isRecord(value) || !Object.hasOwn(value, head)) return {};
  const inside = value[head];
  if (rest.length === 0) return { [head]: shortened(inside) };
  if (rest[0] !== "*") return isRecord(inside) ? { [head]: partOf(inside, rest) } : {};
  return Array.isArray(inside) ? { [head]: column(inside, rest.slice(1)) } : {};
}

function column(list: readonly unknown[], path: Path): unknown {
  const items = list.map((item) => shortened(valueAt(item, path))).filter((item) => item !== undefined);
  return path.toReversed().reduce<unknown>((inside, segment) => ({ [segment]: inside }), items);
}

function merged(one: Saved, other: Saved): Saved {
  const both = Object.entries(other).map(([key, value]): [string, unknown] => {
    const before = Object.hasOwn(one, key) ? one[key] : undefined;
    return [key, isRecord(before) && isRecord(value) ? merged(before, value) : value];
  });
  return { ...one, ...Object.fromEntries(both) };
}

function shortened(value: unknown): unknown {
  if (typeof value === "string") return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT).toWellFormed()}…` : value;
  if (Array.isArray(value)) return value.map(shortened);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]));
}
