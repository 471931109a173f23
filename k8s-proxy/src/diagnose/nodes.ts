// Nodes that take no pods or lose them, as far as they hold pods of the namespace.
import * as calls from "./calls.ts";

import type { ApiNode } from "../kubernetes/api-node.ts";
import type { Code, Found } from "./finding.ts";
import type { State } from "./state.ts";

const PRESSURES: readonly string[] = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

export function nodeFindings(state: State): readonly Found[] {
  return state.nodes.flatMap((node) => [...notReady(node), ...pressed(node), ...cordoned(node)]);
}

function notReady(node: ApiNode): readonly Found[] {
  const ready = node.status.conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return [];
  const summary = `Node ${node.metadata.name} is not ready: its pods are lost or will be moved.`;
  return [at(node, "NodeNotReady", { summary, cause: "", evidence: [ready?.message] })];
}

function pressed(node: ApiNode): readonly Found[] {
  return node.status.conditions
    .filter(({ type, status }) => PRESSURES.includes(type) && status === "True")
    .map(({ type, message }) => {
      const summary = `Node ${node.metadata.name} is under pressure: ${type}.`;
      return at(node, "NodePressure", { summary, cause: type, evidence: [message] });
    });
}

function cordoned(node: ApiNode): readonly Found[] {
  if (!node.spec.unschedulable) return [];
  const summary = `Node ${node.metadata.name} is cordoned: it takes no new pods.`;
  return [at(node, "NodeCordoned", { summary, cause: "", evidence: [] })];
}

interface Told {
  readonly summary: string;
  readonly cause: string;
  readonly evidence: Found["evidence"];
}

function at({ metadata }: ApiNode, code: Code, { summary, cause, evidence }: Told): Found {
  return { code, object: `Node/${metadata.name}`, group: cause, summary, evidence, calls: [calls.nodes()] };
}
