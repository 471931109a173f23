// Which node takes a pod, or in the scheduler's words why none does.
import * as z from "zod";
import { resourceOf } from "../catalogue.ts";
import { isActive, podState } from "../pod-state.ts";

import type { ApiObject } from "../api-object.ts";
import type { Objects } from "../objects.ts";

const [PODS, NODES] = [resourceOf("v1", "pods"), resourceOf("v1", "nodes")];

const Node = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ unschedulable: z.boolean().default(false) }),
  status: z.object({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })),
  }),
});

const Wanting = z.object({
  spec: z.object({ nodeSelector: z.record(z.string(), z.string()).default({}) }),
});

export interface Place {
  readonly node: string;
  readonly hostIP: string;
  readonly podIP: string;
}

/** The least busy node that may take it. */
export function placeFor(pod: ApiObject, objects: Objects): Place | { readonly refused: string } {
  const { nodeSelector } = Wanting.parse(pod).spec;
  const nodes = objects.list(NODES).map((node) => Node.parse(node));
  const cordoned = nodes.filter(({ spec }) => spec.unschedulable);
  const open = nodes.filter(({ spec }) => !spec.unschedulable);
  const fitting = open.filter(({ metadata }) =>
    Object.entries(nodeSelector).every(([name, value]) => metadata.labels[name] === value),
  );
  const pods = objects.list(PODS).filter(isActive).map(podState);
  const loads = fitting.map(
    ({ metadata: { name } }) => [name, pods.filter(({ node }) => node === name).length] as const,
  );
  const [least] = loads.toSorted(([, one], [, other]) => one - other);
  if (least) return placeOn(least[0], objects);

  const all = nodes.length;
  const why = [
    ...(open.length > 0 ? [`${open.length} node(s) didn't match Pod's node affinity/selector`] : []),
    ...(cordoned.length > 0 ? [`${cordoned.length} node(s) were unschedulable`] : []),
  ].join(", ");
  return {
    refused: `0/${all} nodes are available: ${why}. no new claims to deallocate, preemption: 0/${all} nodes are available: ${all} Preemption is not helpful for scheduling.`,
  };
}

/** Each node has a network of its own, by its number. */
export function placeOn(name: string, objects: Objects): Place {
  const nodes = objects.list(NODES).map((node) => Node.parse(node));
  const at = nodes.findIndex(({ metadata }) => metadata.name === name);
  const hostIP = nodes[at]?.status.addresses.find(({ type }) => type === "InternalIP")?.address ?? "192.0.2.1";
  const taken = new Set(objects.list(PODS).map((pod) => podState(pod).ip));
  const free = Array.from({ length: 254 }, (_, host) => `10.244.${Math.max(0, at)}.${host + 2}`);
  return { node: name, hostIP, podIP: free.find((address) => !taken.has(address)) ?? "" };
}
