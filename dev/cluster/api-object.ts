// An object of the API as far as the stand-in looks into it: where it stands, and by what it is chosen.
import * as z from "zod";
import { isList, membersOf } from "./json.ts";

import type { Members } from "./json.ts";

export const ApiObject = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    creationTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type ApiObject = z.output<typeof ApiObject>;

/** By the name of their resource. */
export type ObjectMap = ReadonlyMap<string, readonly ApiObject[]>;

/** As in the API server's store: by namespace, then by name. */
export function keyOf({ metadata: { namespace, name } }: ApiObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The value at a dotted path; undefined when there is none. An array's items are named by their numbers. */
export function fieldOf(object: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((inside, name) => (isList(inside) ? inside[Number(name)] : membersOf(inside)[name]), object);
}

/** A copy in which one value is another. What is not there on the way is made. */
export function withField(object: ApiObject, path: readonly (string | number)[], value: unknown): ApiObject {
  return ApiObject.parse(replaced(object, path, value));
}

/** A copy in which some members of its parts are others; `undefined` takes one away. */
export function edited(object: ApiObject, parts: Readonly<Record<string, Members>>): ApiObject {
  const changed = Object.entries(parts).map(([part, members]) => {
    const merged = Object.entries({ ...membersOf(object[part]), ...members });
    return [part, Object.fromEntries(merged.filter(([, value]) => value !== undefined))] as const;
  });
  return ApiObject.parse({ ...object, ...Object.fromEntries(changed) });
}

function replaced(inside: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === "number") {
    const items = isList(inside) ? inside : [];
    return items.map((item, index) => (index === step ? replaced(item, rest, value) : item));
  }
  const members = membersOf(inside);
  return { ...members, [step]: replaced(members[step], rest, value) };
}
