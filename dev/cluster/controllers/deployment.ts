// Rolls a deployment out: the ReplicaSet of its template grows, the others shrink, a step at a time as the pods allow it.
import * as z from "zod";
import { ApiObject, edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isSame, membersOf } from "../json.ts";
import { isOwnedBy } from "../owner.ts";
import { isActive, podState } from "../pod-state.ts";
import { rfc3339 } from "../rfc3339.ts";
import { deploymentStatus } from "./deployment-status.ts";
import { reference } from "./new-pod.ts";
import { podsOf, reconcileReplicaSet, REPLICA_SETS, wantedOf } from "./replica-set.ts";
import { ofReplicas, revised, REVISION, revisionOf } from "./revision.ts";
import { nextSizes } from "./rolling-update.ts";
import { uuid } from "./stage.ts";
import { tell } from "./tell.ts";
import { HASH_LABEL, hashOf, isSameTemplate, labelled } from "./template.ts";

import type { Objects } from "../objects.ts";
import type { Size } from "./rolling-update.ts";
import type { Stage } from "./stage.ts";

export const DEPLOYMENTS = resourceOf("apps/v1", "deployments");
const FROM = "deployment-controller";

const Amount = z.union([z.int(), z.string()]);
const Spec = z.object({
  replicas: z.int().default(1),
  paused: z.boolean().default(false),
  strategy: z
    .object({
      type: z.string().default("RollingUpdate"),
      rollingUpdate: z.object({ maxSurge: Amount.default("25%"), maxUnavailable: Amount.default("25%") }).nullish(),
    })
    .default({ type: "RollingUpdate" }),
});

export function reconcileDeployment(deployment: ApiObject, stage: Stage): void {
  const { paused } = Spec.parse(deployment.spec);
  const current = currentSet(deployment, stage) ?? (paused ? undefined : makeSet(deployment, stage));
  for (const [name, size] of sizesOf(deployment, current, stage)) resize({ deployment, name, size }, stage);
  const sets = setsOf(deployment, stage.objects);
  for (const set of sets) reconcileReplicaSet(set, stage);
  if (current && !paused) adoptRevision(deployment, current, stage);
  writeStatus(deployment, stage);
}

/** The oldest first. */
export function setsOf(deployment: ApiObject, objects: Objects): readonly ApiObject[] {
  const born = ({ metadata: { creationTimestamp = "" } }: ApiObject) => Date.parse(creationTimestamp);
  return objects
    .list(REPLICA_SETS, deployment.metadata.namespace)
    .filter((set) => isOwnedBy(set, deployment))
    .toSorted((one, other) => born(one) - born(other));
}

/** Also one that was given up long ago: to go back is to find it again. */
function currentSet(deployment: ApiObject, { objects }: Stage): ApiObject | undefined {
  const template = fieldOf(deployment, "spec.template");
  return setsOf(deployment, objects).find((set) => isSameTemplate(fieldOf(set, "spec.template"), template));
}

function makeSet(deployment: ApiObject, stage: Stage): ApiObject {
  const template = fieldOf(deployment, "spec.template");
  const hash = hashOf(template);
  const { name, namespace } = deployment.metadata;
  const withHash = labelled(template, { [HASH_LABEL]: hash });
  const selector = membersOf(fieldOf(deployment, "spec.selector"));
  return stage.objects.put(
    REPLICA_SETS,
    ApiObject.parse({
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        uid: uuid(stage.random),
        generation: 1,
        creationTimestamp: rfc3339(stage.clock()),
        labels: membersOf(withHash.metadata).labels,
        annotations: {},
        ownerReferences: [reference(DEPLOYMENTS, deployment)],
      },
      spec: {
        replicas: 0,
        selector: { ...selector, matchLabels: { ...membersOf(selector.matchLabels), [HASH_LABEL]: hash } },
        template: withHash,
      },
      status: { replicas: 0 },
    }),
  );
}

/** A paused deployment still grows and shrinks, as it is. */
function sizesOf(
  deployment: ApiObject,
  current: ApiObject | undefined,
  { objects }: Stage,
): ReadonlyMap<string, number> {
  const { replicas, paused } = Spec.parse(deployment.spec);
  const sets = setsOf(deployment, objects);
  const sizes = sets.map((set) => sizeOf(set, objects));
  const former = sizes.filter(({ name }) => name !== current?.metadata.name);
  if (!paused && current) {
    return nextSizes({ replicas, ...limitsOf(deployment), current: sizeOf(current, objects), former });
  }
  const newest = sizes.findLast((size) => size.replicas > 0);
  const others = sizes.reduce((sum, size) => sum + size.replicas, 0) - (newest?.replicas ?? 0);
  return new Map(newest ? [[newest.name, Math.max(0, replicas - others)]] : []);
}

function sizeOf(set: ApiObject, objects: Objects): Size {
  const available = podsOf(set, objects).filter((pod) => isActive(pod) && podState(pod).isReady).length;
  return { name: set.metadata.name, replicas: wantedOf(set), available };
}

/** A surge is rounded up, what may be missing down; of both at zero nothing would ever happen. */
export function limitsOf(deployment: ApiObject): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const { replicas, strategy } = Spec.parse(deployment.spec);
  if (strategy.type === "Recreate") return { maxSurge: 0, maxUnavailable: replicas };
  const { maxSurge = "25%", maxUnavailable = "25%" } = strategy.rollingUpdate ?? {};
  const share = (amount: number | string, round: (value: number) => number) =>
    typeof amount === "number" ? amount : round((Number.parseInt(amount, 10) * replicas) / 100);
  const [surge, missing] = [share(maxSurge, Math.ceil), share(maxUnavailable, Math.floor)];
  return { maxSurge: surge, maxUnavailable: surge === 0 && missing === 0 ? 1 : missing };
}

interface Resizing {
  readonly deployment: ApiObject;
  readonly name: string;
  readonly size: number;
}

function resize({ deployment, name, size }: Resizing, stage: Stage): void {
  const set = stage.objects.list(REPLICA_SETS, deployment.metadata.namespace).find((one) => one.metadata.name === name);
  const before = set && wantedOf(set);
  if (!set || before === undefined || before === size) return;
  const { maxSurge } = limitsOf(deployment);
  const generation = Number(set.metadata.generation ?? 0) + 1;
  const annotations = { ...membersOf(set.metadata.annotations), ...ofReplicas(wantedOf(deployment), maxSurge) };
  stage.objects.put(REPLICA_SETS, edited(set, { metadata: { generation, annotations }, spec: { replicas: size } }));
  const message = `Scaled ${size > before ? "up" : "down"} replica set ${name} from ${before} to ${size}`;
  tell({ resource: DEPLOYMENTS, about: deployment, reason: "ScalingReplicaSet", message, from: FROM }, stage);
  // The next step is another look.
  stage.notice(DEPLOYMENTS, deployment);
}

/** Whichever it is now is the newest, also the one that was gone back to. */
function adoptRevision(deployment: ApiObject, { metadata: { name } }: ApiObject, { objects }: Stage): void {
  const sets = setsOf(deployment, objects);
  const current = sets.find((set) => set.metadata.name === name);
  if (!current) return;
  const others = sets.filter((set) => set !== current).map(revisionOf);
  const revision = Math.max(revisionOf(current), Math.max(0, ...others) + 1);
  const next = revised(current, deployment, revision);
  if (!isSame(next, current)) objects.put(REPLICA_SETS, next);
  const annotations = { ...membersOf(deployment.metadata.annotations), [REVISION]: String(revision) };
  const now = objects.list(DEPLOYMENTS, deployment.metadata.namespace).find((one) => isOwnedBy(current, one));
  if (now && revisionOf(now) !== revision) objects.put(DEPLOYMENTS, edited(now, { metadata: { annotations } }));
}

function writeStatus({ metadata: { namespace, uid } }: ApiObject, stage: Stage): void {
  const { objects, agenda } = stage;
  const deployment = objects.list(DEPLOYMENTS, namespace).find(({ metadata }) => metadata.uid === uid);
  if (!deployment) return;
  const sets = setsOf(deployment, objects);
  const { maxUnavailable } = limitsOf(deployment);
  const current = currentSet(deployment, stage);
  const { status, lookAgainMs } = deploymentStatus({ deployment, sets, current, maxUnavailable, nowMs: stage.clock() });
  const next = edited(deployment, { status });
  if (!isSame(next, deployment)) objects.put(DEPLOYMENTS, next);
  if (lookAgainMs !== undefined) {
    agenda.in(lookAgainMs, () => stage.notice(DEPLOYMENTS, deployment), `deadline ${uid ?? ""}`);
  }
}
