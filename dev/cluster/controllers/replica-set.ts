// Keeps as many pods of one template as its ReplicaSet wants: missing ones are made, surplus ones go, and it is written down.
import { edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isList, isSame } from "../json.ts";
import { isOwnedBy } from "../owner.ts";
import { isActive, podState } from "../pod-state.ts";
import { rfc3339 } from "../rfc3339.ts";
import { removePod } from "../writes/remove-pod.ts";
import { newPod } from "./new-pod.ts";
import { begin } from "./pod-life.ts";
import { quotaAgainst } from "./quota.ts";
import { tell } from "./tell.ts";
import { suffix } from "./template.ts";

import type { ApiObject } from "../api-object.ts";
import type { Objects } from "../objects.ts";
import type { Stage } from "./stage.ts";

export const REPLICA_SETS = resourceOf("apps/v1", "replicasets");
const PODS = resourceOf("v1", "pods");
const FROM = "replicaset-controller";

export function podsOf(set: ApiObject, objects: Objects): readonly ApiObject[] {
  return objects.list(PODS, set.metadata.namespace).filter((pod) => isOwnedBy(pod, set));
}

export function wantedOf(object: ApiObject): number {
  return Number(fieldOf(object, "spec.replicas") ?? 1);
}

export function reconcileReplicaSet(set: ApiObject, stage: Stage): void {
  const active = podsOf(set, stage.objects).filter(isActive);
  const missing = wantedOf(set) - active.length;
  let refusal: string | undefined;
  for (let count = 0; count < missing && refusal === undefined; count++) refusal = create(set, stage);
  for (const pod of active.toSorted(byUse).slice(0, Math.max(0, -missing))) remove(set, pod, stage);
  writeStatus(set, refusal, stage);
}

/** Why not, in case. */
function create(set: ApiObject, stage: Stage): string | undefined {
  const name = `${set.metadata.name}-${suffix(stage.random)}`;
  const template = fieldOf(set, "spec.template");
  const pod = newPod({ resource: REPLICA_SETS, owner: set, template, name }, stage);
  const refusal = quotaAgainst(pod, stage.objects);
  const common = { resource: REPLICA_SETS, about: set, from: FROM };
  if (refusal === undefined) {
    begin(pod, stage);
    tell({ ...common, reason: "SuccessfulCreate", message: `Created pod: ${name}` }, stage);
  } else {
    tell({ ...common, type: "Warning", reason: "FailedCreate", message: `Error creating: ${refusal}` }, stage);
  }
  return refusal;
}

function remove(set: ApiObject, pod: ApiObject, stage: Stage): void {
  removePod({ pod, isDryRun: false }, stage);
  const message = `Deleted pod: ${pod.metadata.name}`;
  tell({ resource: REPLICA_SETS, about: set, reason: "SuccessfulDelete", message, from: FROM }, stage);
}

/** The ones that are missed least come first: without a node, not ready, young. */
function byUse(one: ApiObject, other: ApiObject): number {
  const [a, b] = [podState(one), podState(other)];
  const rank = ({ node, phase, isReady }: typeof a) =>
    (node === undefined ? 0 : 4) + (phase === "Pending" ? 0 : 2) + (isReady ? 1 : 0);
  const born = ({ metadata: { creationTimestamp = "" } }: ApiObject) => Date.parse(creationTimestamp);
  return rank(a) - rank(b) || born(other) - born(one);
}

function writeStatus(set: ApiObject, refusal: string | undefined, { objects, clock }: Stage): void {
  const pods = podsOf(set, objects).filter((pod) => !podState(pod).isOver);
  const active = pods.filter(isActive);
  const ready = active.filter((pod) => podState(pod).isReady).length;
  const count = (replicas: number) => (replicas === 0 ? undefined : replicas);
  const next = edited(set, {
    status: {
      replicas: active.length,
      fullyLabeledReplicas: count(active.length),
      readyReplicas: count(ready),
      availableReplicas: count(ready),
      terminatingReplicas: pods.length - active.length,
      observedGeneration: set.metadata.generation,
      conditions: failure(set, refusal, rfc3339(clock())),
    },
  });
  if (!isSame(next, set)) objects.put(REPLICA_SETS, next);
}

function failure(set: ApiObject, refusal: string | undefined, at: string): readonly unknown[] | undefined {
  if (refusal === undefined) return undefined;
  const before = fieldOf(set, "status.conditions");
  if (isList(before) && before.length > 0) return before;
  return [{ type: "ReplicaFailure", status: "True", lastTransitionTime: at, reason: "FailedCreate", message: refusal }];
}
