// Everything in the stand-in: the recorded objects of every kind, with the incident laid over them.
import * as z from "zod";
import { ApiObject, keyOf } from "./api-object.ts";
import { RESOURCES } from "./catalogue.ts";
import { endpointsOf } from "./endpoints.ts";
import { withIncident } from "./incident.ts";
import { readMoved } from "./recording.ts";
import { withSecondNode } from "./second-node.ts";
import { RecordedTable } from "./table.ts";
import { podMetrics } from "./usage.ts";

import type { ObjectMap } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";
import type { Columns } from "./table.ts";

const List = z.object({
  metadata: z.object({ resourceVersion: z.string().default("1") }),
  items: z.array(ApiObject),
});

export interface Objects {
  /** In the order of their keys; of one namespace, or of all. */
  list(resource: Resource, namespace?: string): readonly ApiObject[];
  /** Every list is of the same moment. */
  readonly version: number;
  columns(resource: Resource): Columns | undefined;
}

export async function loadObjects(now: number, nodes: 1 | 2): Promise<Objects> {
  const loaded = await Promise.all(RESOURCES.map(async (resource) => [resource, await load(resource, now)] as const));
  const recorded = new Map(loaded.map(([resource, { items }]) => [nameOf(resource), items]));
  const told = withIncident(recorded, now);
  const objects = derive(nodes === 2 ? withSecondNode(told) : told, now);
  const columns = new Map(loaded.map(([resource, parts]) => [nameOf(resource), parts.columns]));
  return {
    list(resource, namespace) {
      const all = objects.get(nameOf(resource)) ?? [];
      return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
    },
    version: Math.max(...loaded.map(([, { version }]) => version)),
    columns: (resource) => columns.get(nameOf(resource)),
  };
}

/** `pods` are two resources: those of the core, and those of the metrics server. */
export function nameOf({ plural, apiVersion }: Pick<Resource, "plural" | "apiVersion">): string {
  return `${apiVersion}/${plural}`;
}

/** Objects of each resource, by its name. */

interface Loaded {
  readonly items: readonly ApiObject[];
  readonly version: number;
  readonly columns: Columns | undefined;
}

async function load({ lists, tables }: Resource, now: number): Promise<Loaded> {
  const bodies = await Promise.all(lists.map((name) => readMoved(name, now)));
  const parsed = bodies.map((body) => List.parse(body));
  const rendered = await Promise.all(tables.map(async (name) => RecordedTable.parse(await readMoved(name, now))));
  const cells = new Map(
    rendered.flatMap(({ rows }, index) => {
      // A table and its list hold the same objects in the same order; without objects, rows have no namespace to go by.
      const objects = parsed[index]?.items ?? [];
      return rows.flatMap((row, at) => {
        const object = objects[at];
        return object ? [[keyOf(object), row.cells] as const] : [];
      });
    }),
  );
  const [first] = rendered;
  return {
    items: parsed.flatMap(({ items }) => items),
    version: Math.max(1, ...parsed.map(({ metadata }) => Number(metadata.resourceVersion))),
    columns: first && { definitions: first.columnDefinitions, cellsOf: (object) => cells.get(keyOf(object)) },
  };
}

/** What was not recorded everywhere follows from what was. Sorted last, because the incident adds objects. */
function derive(objects: ObjectMap, now: number): ObjectMap {
  const of = (name: string) => objects.get(name) ?? [];
  const derived = new Map([
    ...objects,
    ["v1/endpoints", endpointsOf(of("discovery.k8s.io/v1/endpointslices"))],
    [METRICS, podMetrics({ pods: of("v1/pods"), recorded: of(METRICS), now })],
  ]);
  return new Map(Array.from(derived, ([name, items]) => [name, items.toSorted(byKey)] as const));
}

const METRICS = "metrics.k8s.io/v1beta1/pods";

export function byKey(one: ApiObject, other: ApiObject): number {
  const [a, b] = [keyOf(one), keyOf(other)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
