// What makes the pods of a namespace, and how far each rollout has come.
import * as z from "zod";
import { LabelSelector, Namespace } from "./names.ts";
import { route } from "./route.ts";

export const WorkloadKind = z.enum(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]);
export type WorkloadKind = z.output<typeof WorkloadKind>;

export const Rollout = z.object({
  state: z.enum(["complete", "progressing", "stuck", "paused", "failed", "suspended"]),
  reason: z.string().optional(),
});
export type Rollout = z.output<typeof Rollout>;

export const Workload = z.object({
  kind: WorkloadKind,
  name: z.string(),
  /** Pods; completions of a Job. A CronJob has active Jobs only. */
  desired: z.int(),
  ready: z.int(),
  updated: z.int().optional(),
  available: z.int().optional(),
  age_s: z.int(),
  images: z.array(z.string()),
  /** `RollingUpdate (surge 25%, unavailable 25%)`; the schedule of a CronJob. */
  strategy: z.string().optional(),
  paused: z.boolean().optional(),
  rollout: Rollout,
  helm: z.object({ chart: z.string(), release: z.string() }).partial().optional(),
  hpa: z.object({ min: z.int(), max: z.int(), current: z.int(), desired: z.int() }).optional(),
});
export type Workload = z.output<typeof Workload>;

export const listWorkloads = route(
  "/v1/list-workloads",
  z.strictObject({
    namespace: Namespace.describe("Kubernetes namespace"),
    kinds: z.array(WorkloadKind).min(1).max(5).optional().describe("All five when left out"),
    label_selector: LabelSelector.optional().describe('As kubectl takes it: "app=web,tier!=cache"'),
    only_problems: z.boolean().default(false).describe("Only stuck, failed, or short of pods"),
    limit: z.int().min(1).max(200).default(100).describe("How many at most"),
  }),
  z.object({
    /** Those with a problem first. */
    workloads: z.array(Workload),
    total: z.int(),
  }),
);
