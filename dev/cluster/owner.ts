// Whose an object is: the controller that made it and will make another in its place.
import * as z from "zod";
import { RESOURCES } from "./catalogue.ts";

import type { ApiObject } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";
import type { Objects } from "./objects.ts";

const Owned = z.object({
  metadata: z.object({
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
});

export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Undefined for what somebody made by hand. */
export function ownerOf(object: ApiObject): Owner | undefined {
  return Owned.parse(object).metadata.ownerReferences.find(({ controller }) => controller);
}

export function isOwnedBy(object: ApiObject, { metadata }: ApiObject): boolean {
  return ownerOf(object)?.uid === metadata.uid;
}

export interface Workload {
  readonly resource: Resource;
  readonly object: ApiObject;
}

/** The last in the chain: of a pod of a Deployment that is the Deployment, whatever ReplicaSet stands between them. */
export function workloadOf(object: ApiObject, objects: Objects): Workload | undefined {
  const owner = ownerOf(object);
  const resource = RESOURCES.find(({ kind }) => kind === owner?.kind);
  const found = resource && objects.list(resource, object.metadata.namespace).find((one) => isOwnedBy(object, one));
  return found && (workloadOf(found, objects) ?? { resource, object: found });
}
