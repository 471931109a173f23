// What changes between two templates, a line a field, for whoever has to approve it. What may hold a secret is only said to change.
import { mayHoldSecrets, safeText, slimObject } from "../kubernetes/slim-object.ts";
import { clean } from "../clean.ts";
import { isEntries, isSame } from "./merge-patch.ts";

const MAX_LINES = 50;
const MAX_VALUE_LENGTH = 200;
const MAX_PATH_LENGTH = 300;
const HIDDEN = "[hidden]";
const NONE = "(none)";

/** `path: before → after`, in the order of the fields. */
export function diffLines(path: string, before: unknown, after: unknown): string[] {
  const lines = [...changes({ path, name: path, isHidden: false }, before, after)];
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `… and ${more} more`] : lines;
}

interface Place {
  readonly path: string;
  /** What the value is called: a text is judged together with it. */
  readonly name: string;
  readonly isHidden: boolean;
}

function* changes(place: Place, before: unknown, after: unknown): Generator<string> {
  const sides = [before ?? undefined, after ?? undefined];
  if (isSame(sides[0], sides[1])) return;
  const [old, wanted] = sides.map((side) => partsOf(side));
  if (old === undefined || wanted === undefined || (old.size === 0 && wanted.size === 0)) {
    yield lineOf(place, before, after);
    return;
  }
  for (const key of new Set([...old.keys(), ...wanted.keys()])) {
    yield* changes(inside(place, key, isEntries(before) || isEntries(after)), old.get(key), wanted.get(key));
  }
}

/** By name where all items have one, as containers and variables do. Nothing at all has no parts; undefined is a value. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value === undefined) return new Map();
  if (isEntries(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return undefined;
  const named = new Map(value.flatMap((item: unknown) => namedItem(item)));
  return named.size === value.length ? named : undefined;
}

function namedItem(item: unknown): (readonly [string, unknown])[] {
  if (!isEntries(item) || typeof item.name !== "string") return [];
  const { name, ...rest } = item;
  return [[name, rest]];
}

function inside({ path, name, isHidden }: Place, key: string, isField: boolean): Place {
  const part = clean(key, 253);
  return {
    path: isField ? `${path}.${part}` : `${path}[${part}]`,
    // An item is called what its list is: `env[PASSWORD]`.
    name: isField ? part : `${name} ${part}`,
    isHidden: isHidden || mayHoldSecrets(key),
  };
}

function lineOf({ path, name, isHidden }: Place, before: unknown, after: unknown): string {
  const [old, wanted] = [before, after].map((value) => shownValue(value, name, isHidden));
  return `${clean(path, MAX_PATH_LENGTH)}: ${old ?? NONE} → ${wanted ?? NONE}`;
}

function shownValue(value: unknown, name: string, isHidden: boolean): string {
  if (value === undefined || value === null) return NONE;
  if (isHidden) return HIDDEN;
  const text = safeText(typeof value === "string" ? value : JSON.stringify(slimObject(value)), name);
  return clean(text, MAX_VALUE_LENGTH) || '""';
}
