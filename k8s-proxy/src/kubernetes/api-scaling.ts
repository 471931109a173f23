// What sets how many pods there may be: autoscalers and disruption budgets, made safe as they are parsed.
import * as z from "zod";
import { Word } from "./api-text.ts";
import { Conditions, Count, LabelSelector, Metadata } from "./api-workload.ts";

export const ApiHpa = z.object({
  metadata: Metadata,
  spec: z.object({
    scaleTargetRef: z.object({ kind: Word, name: Word }),
    minReplicas: z.int().nullish(),
    maxReplicas: z.int(),
  }),
  status: z.object({ currentReplicas: Count, desiredReplicas: Count, conditions: Conditions }).prefault({}),
});
export type ApiHpa = z.output<typeof ApiHpa>;

const IntOrPercent = z.union([z.int(), Word]).nullish();

export const ApiPdb = z.object({
  metadata: Metadata,
  spec: z.object({ selector: LabelSelector, minAvailable: IntOrPercent, maxUnavailable: IntOrPercent }),
  status: z
    .object({ disruptionsAllowed: Count, currentHealthy: Count, desiredHealthy: Count, expectedPods: Count })
    .prefault({}),
});
export type ApiPdb = z.output<typeof ApiPdb>;
