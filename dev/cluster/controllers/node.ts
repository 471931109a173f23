// What follows when a node is cordoned or uncordoned: a taint, an event, and another look at the pods that wait for a node.
import { edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isList, isSame } from "../json.ts";
import { podState } from "../pod-state.ts";
import { rfc3339 } from "../rfc3339.ts";
import { schedule } from "./pod-life.ts";
import { tell } from "./tell.ts";

import type { ApiObject } from "../api-object.ts";
import type { Stage } from "./stage.ts";

export const NODES = resourceOf("v1", "nodes");
const PODS = resourceOf("v1", "pods");
const KEY = "node.kubernetes.io/unschedulable";

export function reconcileNode(node: ApiObject, stage: Stage): void {
  const { objects, clock } = stage;
  const isCordoned = fieldOf(node, "spec.unschedulable") === true;
  const taints = taintsOf(node);
  const isTainted = taints.some((taint) => fieldOf(taint, "key") === KEY);
  if (isCordoned !== isTainted) {
    const others = taints.filter((taint) => fieldOf(taint, "key") !== KEY);
    const taint = { key: KEY, effect: "NoSchedule", timeAdded: rfc3339(clock()) };
    const wanted = isCordoned ? [...others, taint] : others;
    const next = edited(node, { spec: { taints: wanted.length === 0 ? undefined : wanted } });
    if (!isSame(next, node)) objects.put(NODES, next);
    const { name } = node.metadata;
    const reason = isCordoned ? "NodeNotSchedulable" : "NodeSchedulable";
    const message = `Node ${name} status is now: ${reason}`;
    tell({ resource: NODES, about: node, reason, message, from: "kubelet", host: name }, stage);
  }
  for (const pod of objects.list(PODS)) {
    const { node: taken, isOver } = podState(pod);
    if (taken === undefined && !isOver) schedule(pod, stage);
  }
}

function taintsOf(node: ApiObject): readonly unknown[] {
  const taints = fieldOf(node, "spec.taints");
  return isList(taints) ? taints : [];
}
