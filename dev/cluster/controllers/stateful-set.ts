// Keeps the numbered pods of a StatefulSet: made from the first on, taken away from the last on, one at a time, each waiting for
// the one before it.
import * as z from "zod";
import { edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isSame } from "../json.ts";
import { podState } from "../pod-state.ts";
import { removePod } from "../writes/remove-pod.ts";
import { REVISION_LABEL, revisionFor } from "./controller-revision.ts";
import { newPod } from "./new-pod.ts";
import { begin } from "./pod-life.ts";
import { podsOf, wantedOf } from "./replica-set.ts";
import { tell } from "./tell.ts";

import type { ApiObject } from "../api-object.ts";
import type { Stage } from "./stage.ts";
import type { Told } from "./tell.ts";

export const STATEFUL_SETS = resourceOf("apps/v1", "statefulsets");
const FROM = "statefulset-controller";

const Spec = z.object({
  volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]),
  serviceName: z.string().default(""),
  updateStrategy: z
    .object({
      type: z.string().default("RollingUpdate"),
      rollingUpdate: z.object({ partition: z.int().default(0) }).default({ partition: 0 }),
    })
    .default({ type: "RollingUpdate", rollingUpdate: { partition: 0 } }),
});

export function reconcileStatefulSet(set: ApiObject, stage: Stage): void {
  const revision = revisionFor(STATEFUL_SETS, set, stage).metadata.name;
  step(set, revision, stage);
  writeStatus(set, revision, stage);
}

/** At most one thing at a time, and nothing while a pod is on its way. */
function step(set: ApiObject, revision: string, stage: Stage): void {
  const pods = podsOf(set, stage.objects);
  const replicas = wantedOf(set);
  const byNumber = new Map(pods.map((pod) => [numberOf(pod), pod]));
  for (let number = 0; number < replicas; number++) {
    const pod = byNumber.get(number);
    if (!pod) create(set, { number, revision }, stage);
    if (!pod || !podState(pod).isReady || podState(pod).isTerminating) return;
  }
  const last = pods.toSorted((one, other) => numberOf(other) - numberOf(one));
  const surplus = last.find((pod) => numberOf(pod) >= replicas);
  const { type, rollingUpdate } = Spec.parse(set.spec).updateStrategy;
  const outdated = last.find(
    (pod) => numberOf(pod) >= rollingUpdate.partition && pod.metadata.labels?.[REVISION_LABEL] !== revision,
  );
  const next = surplus ?? (type === "RollingUpdate" ? outdated : undefined);
  if (!next || podState(next).isTerminating) return;
  removePod({ pod: next, isDryRun: false }, stage);
  say(
    set,
    {
      reason: "SuccessfulDelete",
      message: `delete Pod ${next.metadata.name} in StatefulSet ${set.metadata.name} successful`,
    },
    stage,
  );
}

interface Numbered {
  readonly number: number;
  readonly revision: string;
}

function create(set: ApiObject, { number, revision }: Numbered, stage: Stage): void {
  const { volumeClaimTemplates, serviceName } = Spec.parse(set.spec);
  const name = `${set.metadata.name}-${number}`;
  const template = fieldOf(set, "spec.template");
  const pod = newPod(
    {
      resource: STATEFUL_SETS,
      owner: set,
      template,
      name,
      labels: {
        "apps.kubernetes.io/pod-index": String(number),
        [REVISION_LABEL]: revision,
        "statefulset.kubernetes.io/pod-name": name,
      },
      fields: { hostname: name, subdomain: serviceName },
    },
    stage,
  );
  const claims = volumeClaimTemplates.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}` },
  }));
  const { volumes } = z.object({ volumes: z.array(z.unknown()) }).parse(pod.spec);
  begin(edited(pod, { spec: { volumes: [...claims, ...volumes] } }), stage);
  say(
    set,
    { reason: "SuccessfulCreate", message: `Create Pod ${name} in StatefulSet ${set.metadata.name} successful` },
    stage,
  );
}

function say(about: ApiObject, told: Pick<Told, "reason" | "message">, stage: Stage): void {
  tell({ resource: STATEFUL_SETS, about, ...told, from: FROM }, stage);
}

function numberOf({ metadata: { name } }: ApiObject): number {
  return Number(/-(\d+)$/.exec(name)?.[1] ?? -1);
}

function writeStatus(set: ApiObject, revision: string, { objects }: Stage): void {
  const pods = podsOf(set, objects);
  const ready = pods.filter((pod) => podState(pod).isReady && !podState(pod).isTerminating).length;
  const updated = pods.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] === revision).length;
  const before = fieldOf(set, "status.currentRevision");
  const isDone = updated === wantedOf(set) && updated === pods.length && ready === updated;
  const current = isDone || before === undefined ? revision : before;
  const count = (number: number) => (number === 0 ? undefined : number);
  const next = edited(set, {
    status: {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      readyReplicas: count(ready),
      availableReplicas: ready,
      currentReplicas: count(pods.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] === current).length),
      updatedReplicas: count(updated),
      currentRevision: current,
      updateRevision: revision,
    },
  });
  if (!isSame(next, set)) objects.put(STATEFUL_SETS, next);
}
