// How many pods of a disruption budget may go right now: counted from the pods themselves, as its controller would.
import * as z from "zod";
import { fieldOf } from "./api-object.ts";
import { resourceOf } from "./catalogue.ts";
import { matchesLabels } from "./label-selector.ts";
import { workloadOf } from "./owner.ts";
import { podState } from "./pod-state.ts";

import type { ApiObject } from "./api-object.ts";
import type { Objects } from "./objects.ts";

const Budget = z.object({
  spec: z.object({
    minAvailable: z.union([z.int(), z.string()]).optional(),
    maxUnavailable: z.union([z.int(), z.string()]).optional(),
    selector: z.unknown(),
  }),
});

const [PODS, BUDGETS] = [resourceOf("v1", "pods"), resourceOf("policy/v1", "poddisruptionbudgets")];

export interface Allowance {
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly disruptionsAllowed: number;
  readonly expectedPods: number;
}

export function budgetsOver(pod: ApiObject, objects: Objects): readonly ApiObject[] {
  return objects.list(BUDGETS, pod.metadata.namespace).filter((budget) => isOver(budget, pod));
}

export function allowanceOf(budget: ApiObject, objects: Objects): Allowance {
  const { minAvailable = 0, maxUnavailable } = Budget.parse(budget).spec;
  const pods = objects.list(PODS, budget.metadata.namespace).filter((pod) => isOver(budget, pod));
  const isCounted = maxUnavailable === undefined && typeof minAvailable === "number";
  const expectedPods = isCounted ? pods.length : wantedReplicas(pods, objects);
  const currentHealthy = pods.map(podState).filter(({ isReady, isTerminating }) => isReady && !isTerminating).length;
  const desiredHealthy =
    maxUnavailable === undefined
      ? share(minAvailable, expectedPods)
      : Math.max(0, expectedPods - share(maxUnavailable, expectedPods));
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
  return { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods };
}

function isOver(budget: ApiObject, pod: ApiObject): boolean {
  return matchesLabels(Budget.parse(budget).spec.selector, pod.metadata.labels);
}

/** What their workloads want, however many are there; a pod without one is wanted itself. */
function wantedReplicas(pods: readonly ApiObject[], objects: Objects): number {
  const wanted = new Map(
    pods.map((pod) => {
      const workload = workloadOf(pod, objects)?.object;
      return [(workload ?? pod).metadata.uid, workload ? Number(fieldOf(workload, "spec.replicas") ?? 1) : 1] as const;
    }),
  );
  return [...wanted.values()].reduce((sum, replicas) => sum + replicas, 0);
}

/** A percentage is rounded up, whichever of the two it is. */
function share(amount: number | string, of: number): number {
  return typeof amount === "number" ? amount : Math.ceil((Number.parseInt(amount, 10) * of) / 100);
}
