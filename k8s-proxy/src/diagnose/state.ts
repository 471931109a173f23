// What was seen of a namespace in one pass: what the rules look at, and nothing else.
import { ApiPod } from "../kubernetes/api-pod.ts";
import { mapOf, Word } from "../kubernetes/api-text.ts";
import { workloadName } from "../kubernetes/workload-name.ts";

import type * as z from "zod";
import type { Alert } from "../contract/index.ts";
import type { ApiEvent } from "../kubernetes/api-event.ts";
import type { ApiEndpointSlice, ApiService } from "../kubernetes/api-network.ts";
import type { ApiNode } from "../kubernetes/api-node.ts";
import type { ApiHpa, ApiPdb } from "../kubernetes/api-scaling.ts";
import type { ApiClaim, ApiQuota } from "../kubernetes/api-storage.ts";
import type {
  ApiCronJob,
  ApiDaemonSet,
  ApiDeployment,
  ApiJob,
  ApiReplicaSet,
  ApiStatefulSet,
} from "../kubernetes/api-workload.ts";

/** With its labels, by which services find it. */
export const LabelledPod = ApiPod.extend({ metadata: ApiPod.shape.metadata.extend({ labels: mapOf(Word) }) });
export type LabelledPod = z.output<typeof LabelledPod>;

export interface State {
  readonly namespace: string;
  readonly now: number;
  /** The newest first, none older than was asked for. */
  readonly events: readonly ApiEvent[];
  readonly pods: readonly LabelledPod[];
  readonly deployments: readonly ApiDeployment[];
  readonly replicaSets: readonly ApiReplicaSet[];
  readonly statefulSets: readonly ApiStatefulSet[];
  readonly daemonSets: readonly ApiDaemonSet[];
  readonly jobs: readonly ApiJob[];
  readonly cronJobs: readonly ApiCronJob[];
  readonly hpas: readonly ApiHpa[];
  readonly pdbs: readonly ApiPdb[];
  readonly services: readonly ApiService[];
  /** Undefined where not all of them were seen: what is missing from them is then no sign of anything. */
  readonly endpointSlices: readonly ApiEndpointSlice[] | undefined;
  readonly claims: readonly ApiClaim[];
  readonly quotas: readonly ApiQuota[];
  /** Empty where the call does not reach the whole cluster. */
  readonly nodes: readonly ApiNode[];
  readonly alerts: readonly Alert[];
}

/** The events of one object, the newest first. */
export function eventsOf({ events }: State, kind: string, name: string): readonly ApiEvent[] {
  return events.filter((event) => event.kind === kind && event.name === name);
}

/** Those of its events that something went wrong in: "Pulled" and "Created" are no evidence. */
export function warningsOf(state: State, kind: string, name: string): readonly ApiEvent[] {
  return eventsOf(state, kind, name).filter(({ type }) => type === "Warning");
}

/** An event as evidence: `7× FailedScheduling: 0/1 nodes are available…`. */
export function told({ reason, message, count }: ApiEvent): string {
  return `${count > 1 ? `${count}× ` : ""}${reason}: ${message}`;
}

/** The workload that a pod belongs to: `Deployment/web`, or the pod itself where nobody made it. */
export function workloadOf(pod: ApiPod, { replicaSets }: Pick<State, "replicaSets">): string {
  const owner = pod.metadata.ownerReferences.find(({ controller }) => controller === true);
  if (!owner) return `Pod/${pod.metadata.name}`;
  if (owner.kind !== "ReplicaSet") return `${owner.kind}/${owner.name}`;
  const replicaSet = replicaSets.find(({ metadata }) => metadata.name === owner.name);
  const above = replicaSet?.metadata.ownerReferences.find(({ controller }) => controller === true);
  return above ? `${above.kind}/${above.name}` : `Deployment/${workloadName("ReplicaSet", owner.name)}`;
}
