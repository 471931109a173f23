// What a JSON Schema says about one place of the values that it describes.

import * as z from "zod";
import { isRecord } from "../../src/runbooks/path.ts";
import type { Path } from "../../src/runbooks/path.ts";

/** No schema at all for anything, as `{}` is. */
export type Schema = Readonly<Record<string, unknown>>;

/** The schemas that may describe what stands there; none where nothing can. A place in a list is `*`. */
export function schemasAt(schema: unknown, path: Path): readonly Schema[] {
  const [head, ...rest] = path;
  const here = alternatives(schema);
  if (head === undefined) return here;
  return here.flatMap((one) => inside(one, head)).flatMap((one) => schemasAt(one, rest));
}

/** Undefined where anything may stand there. */
export function typesOf(schemas: readonly Schema[]): ReadonlySet<string> | undefined {
  const types = schemas.map(({ type, const: constant, enum: choices }) => {
    if (typeof type === "string") return type;
    if (constant !== undefined || Array.isArray(choices)) return "string";
    return undefined;
  });
  const known = types.filter((type) => type !== undefined);
  return known.length < types.length ? undefined : new Set(known);
}

/** The values of which one must stand there; undefined where others may. */
export function choicesOf(schemas: readonly Schema[]): readonly unknown[] | undefined {
  const lists = schemas.map((schema) => z.object({ enum: z.array(z.unknown()) }).safeParse(schema).data?.enum);
  return lists.some((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

function alternatives(schema: unknown): readonly Schema[] {
  if (!isRecord(schema)) return [];
  for (const word of ["anyOf", "oneOf", "allOf"]) {
    const list = schema[word];
    if (Array.isArray(list)) return list.flatMap(alternatives);
  }
  return [schema];
}

function inside(schema: Schema, head: string): readonly unknown[] {
  const { properties, additionalProperties, items, type } = schema;
  if (type === "array") return head === "*" || /^\d+$/.test(head) ? [items ?? {}] : [];
  if (isRecord(properties) && Object.hasOwn(properties, head)) return [properties[head]];
  if (isRecord(additionalProperties)) return [additionalProperties];
  // Nothing is said about what it is: whatever is looked for may be there.
  return type === undefined ? [{}] : [];
}
