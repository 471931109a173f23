// The workload of the incident: which pods are its, and whether one has the memory that its model needs.
import * as z from "zod";
import { INCIDENT } from "./incident.ts";
import { amountOf } from "./quantity.ts";

import type { ApiObject } from "./api-object.ts";

const Pod = z.object({
  spec: z.object({
    containers: z.array(
      z.object({
        name: z.string(),
        resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
      }),
    ),
  }),
});

export function isRecommender({ metadata: { namespace, labels } }: ApiObject): boolean {
  return namespace === INCIDENT.namespace && labels?.app === INCIDENT.workload;
}

/** One without a limit has all that its node has. */
export function hasMemoryForItsModel(pod: ApiObject): boolean {
  const limit = memoryLimitOf(pod);
  return limit === undefined || limit >= INCIDENT.neededBytes;
}

export function memoryLimitOf(pod: ApiObject): number | undefined {
  const { containers } = Pod.parse(pod).spec;
  const limit = containers.find(({ name }) => name === INCIDENT.workload)?.resources.limits.memory;
  return limit === undefined ? undefined : amountOf(limit);
}
