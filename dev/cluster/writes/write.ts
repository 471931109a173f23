// What may be changed, and how: one line a kind of object. Everything else is read-only here.
import { ApiRefusal } from "../api-status.ts";
import { RESOURCES } from "../catalogue.ts";
import { groupOf, isFor } from "../target.ts";
import { changeObject } from "./change-object.ts";
import { deletePod } from "./delete-pod.ts";
import { evictPod } from "./evict-pod.ts";
import { changeScale, isScalable } from "./scale.ts";

import type { Resource } from "../catalogue.ts";
import type { Discovery } from "../discovery.ts";
import type { WriteRequest, WriteWorld, Written } from "./write-request.ts";

const CHANGEABLE: readonly string[] = [
  "apps/v1/deployments",
  "apps/v1/statefulsets",
  "apps/v1/daemonsets",
  "batch/v1/cronjobs",
  "v1/nodes",
];

type Write = (request: WriteRequest, resource: Resource, world: WriteWorld) => Written;

export interface Writing extends WriteWorld {
  readonly discovery: Discovery;
  /** When given, whoever asks may read only, and this is its name. */
  readonly reader: string | undefined;
}

export function write(request: WriteRequest, world: Writing): Written {
  const { target } = request;
  if (!world.discovery.hasResource(target.apiVersion, target.plural)) {
    throw new ApiRefusal(404, "the server could not find the requested resource", { details: {} });
  }
  const resource = RESOURCES.find((one) => isFor(one, target));
  const act = resource && actOf(request, resource);
  if (!act) {
    throw new ApiRefusal(405, "the server does not allow this method on the requested resource", { details: {} });
  }
  if (world.reader !== undefined) throw forbidden(request, world.reader);
  return act(request, resource, world);
}

/** Undefined where there is none, as for an object of a namespace that is named without one. */
function actOf({ method, target }: WriteRequest, resource: Resource): Write | undefined {
  const { name, namespace, subresource } = target;
  if (name === undefined || resource.isNamespaced !== (namespace !== undefined)) return undefined;
  const named = `${resource.apiVersion}/${resource.plural}`;
  const changes = method === "PATCH" || method === "PUT";
  if (changes && subresource === undefined && CHANGEABLE.includes(named)) return changeObject;
  if (changes && subresource === "scale" && isScalable(resource)) return changeScale;
  if (method === "DELETE" && subresource === undefined && named === "v1/pods") return deletePod;
  if (method === "POST" && subresource === "eviction" && named === "v1/pods") return evictPod;
  return undefined;
}

const VERBS: Readonly<Record<string, string>> = { PATCH: "patch", PUT: "update", DELETE: "delete", POST: "create" };

function forbidden({ method, target }: WriteRequest, user: string): ApiRefusal {
  const { apiVersion, plural, namespace, name = "", subresource } = target;
  const group = groupOf(apiVersion);
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const what = subresource === undefined ? plural : `${plural}/${subresource}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${qualified} "${name}" is forbidden: User "${user}" cannot ${VERBS[method] ?? method} resource "${what}" in API group "${group}" ${where}`;
  return new ApiRefusal(403, message, { details: { name, ...(group !== "" && { group }), kind: plural } });
}
