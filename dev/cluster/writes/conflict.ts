// What was changed by somebody else in the meantime, or is not even the same object any more: a 409.
import { ApiRefusal } from "../api-status.ts";
import { groupOf } from "../target.ts";

import type { ApiObject } from "../api-object.ts";
import type { Resource } from "../catalogue.ts";

const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";

/** Whoever names a version means that one and no later one; whoever names none takes what there is. */
export function requireVersion(resource: Resource, current: ApiObject, version: unknown): void {
  if (version === undefined || version === "" || version === current.metadata.resourceVersion) return;
  throw conflict(resource, current, MODIFIED);
}

export function conflict({ apiVersion, plural }: Resource, { metadata: { name } }: ApiObject, why: string): ApiRefusal {
  const group = groupOf(apiVersion);
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const details = { name, ...(group !== "" && { group }), kind: plural };
  return new ApiRefusal(409, `Operation cannot be fulfilled on ${qualified} "${name}": ${why}`, { details });
}

export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** Of a deletion, where the API server names the kind instead of the resource. */
export function requirePreconditions(kind: string, { metadata }: ApiObject, wanted: Preconditions): void {
  const refuse = (what: string, [asked, found]: readonly [string, unknown], why: string) => {
    const message = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${String(found)}). The object might have been ${why}`;
    return new ApiRefusal(409, `Operation cannot be fulfilled on ${kind} "${metadata.name}": ${message}`, {
      details: { name: metadata.name, kind },
    });
  };
  const { uid, resourceVersion } = wanted;
  if (uid !== undefined && uid !== metadata.uid) {
    throw refuse("UID", [uid, metadata.uid], "deleted and then recreated");
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw refuse("ResourceVersion", [resourceVersion, metadata.resourceVersion], "modified");
  }
}
