// What is wrong with an object, in the API server's words: a 422 that names the fields.
import { ApiRefusal } from "../api-status.ts";
import { groupOf } from "../target.ts";

import type { Resource } from "../catalogue.ts";

export interface Fault {
  readonly field: string;
  readonly reason: "FieldValueForbidden" | "FieldValueInvalid" | "FieldValueNotSupported";
  /** Behind the field's name: `Invalid value: -1: must be greater than or equal to 0`. */
  readonly detail: string;
}

export interface Named {
  /** Empty for the core, and where a patch has failed before it made an object. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

export function invalid({ group, kind, name }: Named, faults: readonly Fault[]): ApiRefusal {
  const qualified = group === "" ? kind : `${kind}.${group}`;
  const told = faults.map(({ field, detail }) => `${field}: ${detail}`);
  const message = `${qualified} ${JSON.stringify(name)} is invalid: ${told.length === 1 ? told.join() : `[${told.join(", ")}]`}`;
  const causes = faults.map(({ field, reason, detail }) => ({ reason, message: detail, field }));
  const details = {
    ...(name !== "" && { name }),
    ...(group !== "" && { group }),
    ...(kind !== "" && { kind }),
    causes,
  };
  return new ApiRefusal(422, message, { details });
}

export function invalidValue(field: string, value: unknown, why: string): Fault {
  return { field, reason: "FieldValueInvalid", detail: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

export function namedOf({ apiVersion, kind }: Resource, name: string): Named {
  return { group: groupOf(apiVersion), kind, name };
}
