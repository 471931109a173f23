// One GET of an object or a list: found in the catalogue, chosen by selectors, cut into pages, rendered as it was asked for.
import { ApiRefusal } from "./api-status.ts";
import { RESOURCES } from "./catalogue.ts";
import { keyOf } from "./api-object.ts";
import { page } from "./pages.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseSelector } from "./selector.ts";
import { representationOf } from "./representation.ts";
import { groupOf, isFor } from "./target.ts";
import { toTable } from "./table.ts";

import type { ApiObject } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";
import type { Discovery } from "./discovery.ts";
import type { LiveObjects } from "./live-objects.ts";
import type { Objects } from "./objects.ts";
import type { Target } from "./target.ts";

/** Whoever asks, as refusals name it. */
export const READER = "system:serviceaccount:platform:reader";
const LIST_PARAMETERS: readonly string[] = ["limit", "continue", "labelSelector", "fieldSelector", "includeObject"];
/** Any moment will do, and `0` says so aloud. */
const HARMLESS: readonly string[] = ["resourceVersion=", "resourceVersion=0", "watch=false", "watch=0"];

export interface Shelf {
  readonly objects: LiveObjects;
  readonly discovery: Discovery;
  readonly now: number;
}

export interface Question {
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
}

export function read(question: Question, shelf: Shelf): object {
  const { target } = question;
  const resource = findResource(target, shelf.discovery);
  const wanted = representationOf(question.accept);
  if (target.name === undefined) return list(resource, question, shelf);

  requireKnown(question.query, ["includeObject"]);
  const object = findObject(resource, target, shelf.objects);
  const { kind, apiVersion } = resource;
  switch (wanted) {
    case "objects":
      return { kind, apiVersion, ...object };
    case "metadata":
      return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
    case "table":
      return table({ resource, items: [object], metadata: {} }, question, shelf);
  }
}

export function findObject(resource: Resource, { namespace, name }: Target, objects: Objects): ApiObject {
  const found = objects.list(resource, namespace).find(({ metadata }) => metadata.name === name);
  if (found) return found;
  // The metrics server speaks of its pods as if they were the core's.
  const group = resource.apiVersion.startsWith("metrics.k8s.io/") ? "" : groupOf(resource.apiVersion);
  const named = group === "" ? resource.plural : `${resource.plural}.${group}`;
  const details = { name, ...(group !== "" && { group }), kind: resource.plural };
  throw new ApiRefusal(404, `${named} "${name ?? ""}" not found`, { details });
}

/** What the server has and the stand-in has not is what its reader may not read: Secrets above all. */
export function findResource(target: Target, discovery: Discovery): Resource {
  const resource = RESOURCES.find((one) => isFor(one, target));
  const { apiVersion, plural, namespace, name, subresource } = target;
  const mayStand = resource && subresource === undefined && (resource.isNamespaced || namespace === undefined);
  if (mayStand && (name === undefined || resource.isNamespaced === (namespace !== undefined))) return resource;
  if (!discovery.hasResource(apiVersion, plural)) {
    throw new ApiRefusal(404, "the server could not find the requested resource", { details: {} });
  }
  const verb = name === undefined ? "list" : "get";
  const what = subresource === undefined ? plural : `${plural}/${subresource}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const refused = name === undefined ? plural : `${plural} "${name}"`;
  const message = `${refused} is forbidden: User "${READER}" cannot ${verb} resource "${what}" in API group "${groupOf(apiVersion)}" ${where}`;
  throw new ApiRefusal(403, message, { details: { ...(name !== undefined && { name }), kind: plural } });
}

function list(resource: Resource, question: Question, shelf: Shelf): object {
  const { target, query, accept } = question;
  requireKnown(query, LIST_PARAMETERS);
  const selectors = [query.get("labelSelector") ?? "", query.get("fieldSelector") ?? ""] as const;
  const hasLabels = parseSelector(selectors[0]);
  const hasFields = parseFieldSelector(selectors[1], resource);
  const chosen = shelf.objects
    .list(resource, target.namespace)
    .filter((object) => hasLabels(object.metadata.labels ?? {}) && hasFields(object));
  const { version, oldest } = shelf.objects;
  const shown = page(chosen, target.namespace === undefined ? keyOf : ({ metadata }) => metadata.name, {
    limit: query.get("limit"),
    continueToken: query.get("continue"),
    version,
    oldest,
  });
  const metadata = {
    resourceVersion: String(version),
    ...(shown.continueToken !== undefined && { continue: shown.continueToken }),
    // The API server does not count what a selector would leave.
    ...(shown.continueToken !== undefined && selectors.join("") === "" && { remainingItemCount: shown.remaining }),
  };

  const { kind, apiVersion } = resource;
  switch (representationOf(accept)) {
    case "objects":
      return { kind: `${kind}List`, apiVersion, metadata, items: shown.items };
    case "metadata": {
      const items = shown.items.map((object) => ({ metadata: object.metadata }));
      return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items };
    }
    case "table":
      return table({ resource, items: shown.items, metadata }, question, shelf);
  }
}

interface Shown {
  readonly resource: Resource;
  readonly items: readonly ApiObject[];
  readonly metadata: object;
}

function table(shown: Shown, { query }: Question, { objects, now }: Shelf): object {
  const request = { ...shown, includeObject: query.get("includeObject"), now };
  return toTable(request, objects.columns(shown.resource));
}

/** To leave a parameter out silently would be a wrong answer that looks like a right one. */
export function requireKnown(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query].find(([name, value]) => !known.includes(name) && !HARMLESS.includes(`${name}=${value}`));
  if (unknown !== undefined) throw new ApiRefusal(400, `this stand-in does not know the parameter ${unknown[0]}`);
}
