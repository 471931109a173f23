// Which pods a service reaches: the addresses of those that it chooses, in both forms.
import { ApiObject, edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { endpointsOf, SERVICE } from "../endpoints.ts";
import { isSame } from "../json.ts";
import { matchesLabels } from "../label-selector.ts";
import { podState } from "../pod-state.ts";

import type { Objects } from "../objects.ts";
import type { Stage } from "./stage.ts";

const [PODS, SERVICES, ENDPOINTS] = [
  resourceOf("v1", "pods"),
  resourceOf("v1", "services"),
  resourceOf("v1", "endpoints"),
];
const SLICES = resourceOf("discovery.k8s.io/v1", "endpointslices");

export function reconcileEndpoints(namespace: string, { objects }: Stage): void {
  for (const slice of objects.list(SLICES, namespace)) {
    const service = slice.metadata.labels?.[SERVICE];
    const chosen = objects.list(SERVICES, namespace).find(({ metadata }) => metadata.name === service);
    const endpoints = chosen ? reached(chosen, objects) : [];
    const before = fieldOf(slice, "endpoints") ?? [];
    if (isSame(sorted(before), sorted(endpoints))) continue;
    const generation = Number(slice.metadata.generation ?? 0) + 1;
    const kept = objects.put(SLICES, ApiObject.parse({ ...edited(slice, { metadata: { generation } }), endpoints }));
    for (const older of endpointsOf([kept])) objects.put(ENDPOINTS, older);
  }
}

function reached(service: ApiObject, objects: Objects): readonly object[] {
  const selector = { matchLabels: fieldOf(service, "spec.selector") };
  return objects.list(PODS, service.metadata.namespace).flatMap((pod) => {
    const { ip, node, isReady, isOver, isTerminating } = podState(pod);
    if (ip === undefined || isOver || !matchesLabels(selector, pod.metadata.labels)) return [];
    const { name, namespace, uid } = pod.metadata;
    return [
      {
        addresses: [ip],
        conditions: { ready: isReady && !isTerminating, serving: isReady, terminating: isTerminating },
        targetRef: { kind: "Pod", namespace, name, uid },
        nodeName: node,
      },
    ];
  });
}

/** In whatever order they stand: it says nothing. */
function sorted(endpoints: unknown): readonly unknown[] {
  const text = (endpoint: unknown) => String(fieldOf(endpoint, "addresses.0"));
  return Array.isArray(endpoints) ? endpoints.toSorted((one, other) => text(one).localeCompare(text(other))) : [];
}
