// Whether an object may become what is wanted of it: what may never change, and which values make no sense.
import { fieldOf } from "../api-object.ts";
import { ApiRefusal } from "../api-status.ts";
import { isSame, membersOf } from "../json.ts";
import { conflict } from "./conflict.ts";
import { invalid, invalidValue, namedOf } from "./invalid.ts";

import type { ApiObject } from "../api-object.ts";
import type { Resource } from "../catalogue.ts";
import type { Fault } from "./invalid.ts";

export interface Wish {
  readonly resource: Resource;
  readonly current: ApiObject;
  readonly wanted: ApiObject;
  readonly isPatch: boolean;
}

/** Another identity is a conflict when the whole object was sent, and a field that must not change when a patch made it. */
export function requireSameObject({ resource, current, wanted, isPatch }: Wish): void {
  const { name, namespace, uid } = wanted.metadata;
  if (name !== current.metadata.name) {
    throw new ApiRefusal(
      400,
      `the name of the object (${name}) does not match the name on the URL (${current.metadata.name})`,
    );
  }
  if (namespace !== undefined && namespace !== current.metadata.namespace) {
    throw new ApiRefusal(400, "the namespace of the provided object does not match the namespace sent on the request");
  }
  if (uid === undefined || uid === "" || uid === current.metadata.uid) return;
  if (isPatch) throw invalid(namedOf(resource, name), [invalidValue("metadata.uid", uid, "field is immutable")]);
  const key = `/registry/${resource.plural}/${namespace === undefined ? name : `${namespace}/${name}`}`;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid ?? ""}`;
  const error = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  throw conflict(resource, current, error);
}

export function requireValid({ resource, current, wanted }: Wish): void {
  const faults = [...replicaFaults(wanted), ...selectorFaults(current, wanted)];
  if (faults.length > 0) throw invalid(namedOf(resource, wanted.metadata.name), faults);
}

export function replicaFaults(object: object): readonly Fault[] {
  const replicas = fieldOf(object, "spec.replicas");
  const isNegative = typeof replicas === "number" && replicas < 0;
  return isNegative ? [invalidValue("spec.replicas", replicas, "must be greater than or equal to 0")] : [];
}

/** Pods that the selector does not choose would be made without end. */
function selectorFaults(current: ApiObject, wanted: ApiObject): readonly Fault[] {
  const selector = fieldOf(wanted, "spec.selector");
  if (fieldOf(current, "spec.selector") === undefined) return [];
  const labels = membersOf(fieldOf(wanted, "spec.template.metadata.labels"));
  const chosen = Object.entries(membersOf(fieldOf(selector, "matchLabels")));
  return [
    ...(chosen.every(([name, value]) => labels[name] === value)
      ? []
      : [invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]),
    ...(isSame(selector, fieldOf(current, "spec.selector"))
      ? []
      : [invalidValue("spec.selector", selector, "field is immutable")]),
  ];
}
