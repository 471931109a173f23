// What was sent, or what a patch has made, as an object of its kind: types are checked, unknown fields leave.
import { ApiObject } from "../api-object.ts";
import { ApiRefusal } from "../api-status.ts";
import { isMembers, membersOf } from "../json.ts";
import { invalid } from "./invalid.ts";
import { goNameOf, isOf, specFields } from "./spec-fields.ts";

import type { Members } from "../json.ts";
import type { Resource } from "../catalogue.ts";
import type { WriteOptions } from "./write-options.ts";

export interface Decoding {
  readonly resource: Resource;
  readonly fieldValidation: WriteOptions["fieldValidation"];
  readonly isPatch: boolean;
}

export interface Decoded {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

/** Left out where it is the default, so that to say it once more changes nothing. */
const NOT_KEPT_WHEN_FALSE: readonly string[] = ["paused", "unschedulable"];

export function decodeObject(value: unknown, decoding: Decoding): Decoded {
  const { resource, fieldValidation } = decoding;
  if (!isMembers(value)) throw new ApiRefusal(400, "the body of the request is no object");
  const { kind, apiVersion, ...members } = value;
  for (const [what, sent, wanted] of [
    ["kind", kind, resource.kind] as const,
    ["API version", apiVersion, resource.apiVersion] as const,
  ]) {
    if (sent === undefined || sent === wanted) continue;
    throw new ApiRefusal(
      400,
      `the ${what} in the data (${JSON.stringify(sent)}) does not match the expected ${what} (${wanted})`,
    );
  }
  const spec = specOf(membersOf(members.spec), resource.kind);
  if (spec.mistyped !== undefined) throw undecodable(value, decoding, spec.mistyped);
  const warnings = spec.unknown.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (warnings.length > 0 && fieldValidation === "Strict") {
    throw undecodable(value, decoding, `strict decoding error: ${warnings.join(", ")}`);
  }
  const object = ApiObject.safeParse({ ...members, spec: spec.known });
  if (!object.success) throw undecodable(value, decoding, "json: cannot unmarshal the metadata");
  return { object: object.data, warnings: fieldValidation === "Warn" ? warnings : [] };
}

interface Sorted {
  readonly known: Members;
  readonly unknown: readonly string[];
  readonly mistyped: string | undefined;
}

function specOf(spec: Members, kind: string): Sorted {
  const types = specFields(kind);
  const present = Object.entries(spec).filter(([, value]) => value !== null);
  const known = present.filter(([name]) => types[name] !== undefined);
  const wrong = known.find(([name, value]) => !isOf(types[name] ?? "object", value));
  return {
    known: Object.fromEntries(known.filter(([name, value]) => value !== false || !NOT_KEPT_WHEN_FALSE.includes(name))),
    unknown: present.filter(([name]) => types[name] === undefined).map(([name]) => `spec.${name}`),
    mistyped:
      wrong &&
      `json: cannot unmarshal ${goNameOf(wrong[1])} into Go struct field ${kind}Spec.spec.${wrong[0]} of type ${types[wrong[0]] ?? ""}`,
  };
}

/** A patch that makes nonsense is an invalid patch; nonsense that was sent as it is, is a bad request. */
function undecodable(value: Members, { resource, isPatch }: Decoding, why: string): ApiRefusal {
  const { kind, apiVersion } = resource;
  if (!isPatch) {
    const version = apiVersion.split("/").at(-1) ?? "";
    return new ApiRefusal(400, `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  }
  const text = JSON.stringify(JSON.stringify({ apiVersion, kind, ...value }));
  return invalid({ group: "", kind: "", name: "" }, [
    { field: "patch", reason: "FieldValueInvalid", detail: `Invalid value: ${text}: ${why}` },
  ]);
}
