// Answers how the machines of the cluster are: their conditions, and how much of them the pods on them ask for.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { ApiNode } from "./api-node.ts";
import { ageS } from "./api-text.ts";
import { readPage } from "./lists.ts";
import { nodeLoads } from "./node-loads.ts";
import { mebibytes, milliCores, parseQuantity, percent } from "./quantity.ts";
import { selectorQuery } from "./selectors.ts";

import type { Node, ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";
import type { NodeCondition } from "./api-node.ts";
import type { NodeLoad } from "./node-loads.ts";

const PATH = ["api", "v1", "nodes"];
const ZONES = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];
/** A node has trouble when one of these holds; for Ready it is the other way round. */
const PRESSURES: readonly string[] = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

const NOT_COVERED = fail(
  "namespace_not_allowed",
  "Nodes belong to no namespace: only a grant for all of them covers these",
);

export const listNodes: Handles<typeof ROUTES.listNodes> = async (asked, reading) => {
  if (!reading.reach.coversCluster) return NOT_COVERED;
  const selectors = selectorQuery({ label: asked.label_selector, resource: "nodes" });
  if (!selectors.ok) return selectors;
  const page = await readPage({ path: PATH, query: { ...selectors.value }, item: ApiNode, what: "nodes" }, reading);
  if (!page.ok) return page;

  const { items, next } = page.value;
  if (next !== undefined) reading.warn(`Only the first ${items.length} nodes were looked at: use label_selector.`);
  const chosen = items.filter((node) => !asked.only_problems || isInTrouble(node));
  const loads = await nodeLoads(
    chosen.map(({ metadata }) => metadata.name),
    reading,
  );
  return ok({
    nodes: chosen.map((node) => toNode(node, { now: reading.now(), load: loads?.get(node.metadata.name) })),
    total: items.length,
    not_ready: items.filter((node) => !isReady(node)).length,
  });
};

const condition = ({ status }: ApiNode, type: string) => status.conditions.find((one) => one.type === type);
const isReady = (node: ApiNode) => condition(node, "Ready")?.status === "True";
const pressures = ({ status }: ApiNode) =>
  status.conditions.filter(({ type, status: holds }) => PRESSURES.includes(type) && holds === "True");
const isInTrouble = (node: ApiNode) => !isReady(node) || pressures(node).length > 0 || node.spec.unschedulable === true;

interface Seen {
  readonly now: number;
  readonly load: NodeLoad | undefined;
}

function toNode(node: ApiNode, { now, load }: Seen): Node {
  const { metadata, spec, status } = node;
  const pressure = pressures(node);
  const zone = ZONES.map((label) => metadata.labels[label]).find(Boolean);
  const trouble = isReady(node) ? pressure[0] : condition(node, "Ready");
  return {
    name: metadata.name,
    ready: isReady(node),
    ...(pressure.length > 0 && { pressure: pressure.map(({ type }) => type) }),
    ...(spec.unschedulable && { unschedulable: true }),
    ...(spec.taints.length > 0 && { taints: spec.taints.map(describeTaint) }),
    ...problem(trouble, isReady(node)),
    ...(status.nodeInfo?.kubeletVersion && { version: status.nodeInfo.kubeletVersion }),
    capacity: size(status.capacity),
    allocatable: size(status.allocatable),
    ...(load && loadOf(load, status.allocatable)),
    age_s: ageS(metadata.creationTimestamp, now),
    ...(zone && { zone }),
  };
}

function problem(trouble: NodeCondition | undefined, isReadyNode: boolean): Pick<Node, "problem"> {
  if (!trouble) return isReadyNode ? {} : { problem: { reason: "NodeStatusNeverUpdated" } };
  const { type, reason, message, lastTransitionTime } = trouble;
  return {
    problem: {
      reason: reason ?? type,
      ...(message && { message }),
      ...(lastTransitionTime && { since: lastTransitionTime }),
    },
  };
}

function describeTaint({ key, value, effect }: ApiNode["spec"]["taints"][number]): string {
  return `${key}${value ? `=${value}` : ""}:${effect}`;
}

type Quantities = ApiNode["status"]["capacity"];

function size({ cpu, memory, pods }: Quantities): Node["capacity"] {
  return { cpu_m: milliCores(cpu), memory_mib: mebibytes(memory), pods: Math.round(parseQuantity(pods ?? "") ?? 0) };
}

function loadOf({ pods, cores, bytes }: NodeLoad, allocatable: Quantities): Pick<Node, "pods" | "requests_pct"> {
  const cpu = percent(cores, parseQuantity(allocatable.cpu ?? ""));
  const memory = percent(bytes, parseQuantity(allocatable.memory ?? ""));
  const known = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  return { pods, ...(Object.keys(known).length > 0 && { requests_pct: known }) };
}
