// One PATCH or PUT of a whole object: judged against what there is, counted as a new generation, and kept unless only tried.
import { ApiObject } from "../api-object.ts";
import { isSame } from "../json.ts";
import { findObject } from "../read.ts";
import { requireVersion } from "./conflict.ts";
import { decodeObject } from "./decode-object.ts";
import { requireSameObject, requireValid } from "./judge-change.ts";
import { readPatch } from "./patch.ts";
import { parseJsonBody } from "./write-request.ts";
import { writeOptions } from "./write-options.ts";

import type { Resource } from "../catalogue.ts";
import type { WriteRequest, WriteWorld, Written } from "./write-request.ts";

export function changeObject(request: WriteRequest, resource: Resource, world: WriteWorld): Written {
  const isPatch = request.method === "PATCH";
  const { isDryRun, fieldValidation } = writeOptions(request.query, isPatch ? "PatchOptions" : "UpdateOptions");
  const make = isPatch ? readPatch(request) : () => parseJsonBody(request);
  const current = findObject(resource, request.target, world.objects);

  const made = make({ kind: resource.kind, apiVersion: resource.apiVersion, ...current });
  const { object: wanted, warnings } = decodeObject(made, { resource, fieldValidation, isPatch });
  const wish = { resource, current, wanted, isPatch };
  requireVersion(resource, current, wanted.metadata.resourceVersion);
  requireSameObject(wish);
  requireValid(wish);

  const next = settled(current, wanted);
  const kept = isDryRun || isSame(next, current) ? next : keep(resource, next, world);
  return { status: 200, body: { kind: resource.kind, apiVersion: resource.apiVersion, ...kept }, warnings };
}

export function keep(resource: Resource, object: ApiObject, { objects, notice }: WriteWorld): ApiObject {
  const kept = objects.put(resource, object);
  notice(resource, kept);
  return kept;
}

/** The server's own fields stay as they are, whatever was sent for them; the status is not changed this way at all. */
export function settled(current: ApiObject, wanted: ApiObject): ApiObject {
  const { generation, ...metadata } = current.metadata;
  const { uid, resourceVersion, creationTimestamp, namespace, deletionTimestamp, deletionGracePeriodSeconds } =
    metadata;
  const own = { uid, resourceVersion, creationTimestamp, namespace, deletionTimestamp, deletionGracePeriodSeconds };
  const isNewGeneration = typeof generation === "number" && !isSame(wanted.spec, current.spec);
  const present = Object.fromEntries(Object.entries({ ...own, generation }).filter(([, value]) => value !== undefined));
  return ApiObject.parse({
    ...wanted,
    metadata: { ...wanted.metadata, ...present, ...(isNewGeneration && { generation: generation + 1 }) },
    ...(current.status !== undefined && { status: current.status }),
  });
}
