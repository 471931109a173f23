// What a pod is in the middle of, as controllers, budgets and deletions see it.
import * as z from "zod";

import type { ApiObject } from "./api-object.ts";

const State = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional(), finalizers: z.array(z.string()).default([]) }),
  spec: z.object({ nodeName: z.string().optional() }),
  status: z
    .object({
      phase: z.string().default("Pending"),
      podIP: z.string().optional(),
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
    })
    .default({ phase: "Pending", conditions: [] }),
});

export interface PodState {
  readonly phase: string;
  readonly node: string | undefined;
  readonly ip: string | undefined;
  readonly isReady: boolean;
  /** Asked to go, and perhaps still there. */
  readonly isTerminating: boolean;
  /** It has run to an end, well or not: nothing will start it again. */
  readonly isOver: boolean;
  readonly finalizers: readonly string[];
}

export function podState(pod: ApiObject): PodState {
  const { metadata, spec, status } = State.parse(pod);
  return {
    phase: status.phase,
    node: spec.nodeName,
    ip: status.podIP,
    isReady: status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True"),
    isTerminating: metadata.deletionTimestamp !== undefined,
    isOver: status.phase === "Succeeded" || status.phase === "Failed",
    finalizers: metadata.finalizers,
  };
}

/** Counts for its controller: there is no need of another. */
export function isActive(pod: ApiObject): boolean {
  const { isOver, isTerminating } = podState(pod);
  return !isOver && !isTerminating;
}
