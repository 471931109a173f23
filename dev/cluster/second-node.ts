// A second node beside the recorded one, with nothing on it yet but its daemon: somewhere for pods to go when the first is emptied.
import { ApiObject, edited } from "./api-object.ts";

import type { ObjectMap } from "./api-object.ts";

const [FIRST, SECOND] = ["node-1", "node-2"];
const DAEMON = "node-agent";

export function withSecondNode(recorded: ObjectMap): ObjectMap {
  const change: Record<string, (objects: readonly ApiObject[]) => readonly ApiObject[]> = {
    "v1/nodes": (nodes) => [...nodes, ...nodes.map(twin)],
    "metrics.k8s.io/v1beta1/nodes": (metrics) => [...metrics, ...metrics.map(twin)],
    "v1/pods": (pods) => [...pods, ...pods.filter(({ metadata }) => metadata.labels?.app === DAEMON).map(twin)],
    "apps/v1/daemonsets": (sets) => sets.map((set) => edited(set, { status: everywhere(2) })),
  };
  return new Map(Array.from(recorded, ([name, objects]) => [name, change[name]?.(objects) ?? objects] as const));
}

/** The same but for its name and its place. */
function twin(object: ApiObject): ApiObject {
  const text = JSON.stringify(object)
    .replaceAll(FIRST, SECOND)
    .replaceAll("192.0.2.2", "192.0.2.3")
    .replaceAll(/10\.244\.0\./g, "10.244.1.")
    .replaceAll("00000000000000000000000000000001", "00000000000000000000000000000002")
    .replaceAll("node-agent-fjf4f", "node-agent-w7s2k");
  const { uid } = object.metadata;
  return edited(ApiObject.parse(JSON.parse(text)), {
    metadata: { uid: uid === undefined ? undefined : `${uid.slice(0, -1)}${uid.endsWith("2") ? "3" : "2"}` },
  });
}

function everywhere(nodes: number) {
  return {
    currentNumberScheduled: nodes,
    desiredNumberScheduled: nodes,
    numberReady: nodes,
    updatedNumberScheduled: nodes,
    numberAvailable: nodes,
  };
}
