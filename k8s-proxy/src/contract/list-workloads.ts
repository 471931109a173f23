// Deployments and all else that makes pods, in one list: how many there are of what was asked for, and what rolls out.
import * as z from "zod";
import { Continue, LabelSelector, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const WorkloadKind = once(() => z.enum(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]));
export type WorkloadKind = z.output<ReturnType<typeof WorkloadKind>>;

export const Rollout = once(() =>
  z.object({
    /** Whether what was asked for last has reached the pods. */
    state: z.enum(["complete", "progressing", "stuck"]),
    reason: z.string().optional(),
  }),
);
export type Rollout = z.output<ReturnType<typeof Rollout>>;

export const Workload = once(() =>
  z.object({
    kind: WorkloadKind(),
    name: z.string(),
    /** Pods that should be; of a Job, those that must succeed; of a CronJob there are none. */
    desired: z.int().optional(),
    ready: z.int().optional(),
    /** Pods of the newest template. */
    updated: z.int().optional(),
    available: z.int().optional(),
    /** Of a Job, its pods; of a CronJob, its jobs that run now. */
    active: z.int().optional(),
    succeeded: z.int().optional(),
    failed: z.int().optional(),
    schedule: z.string().optional(),
    last_scheduled_at: z.string().optional(),
    last_succeeded_at: z.string().optional(),
    age_s: z.int(),
    images: z.array(z.string()),
    /** `RollingUpdate, max surge 25%, max unavailable 25%`. */
    strategy: z.string().optional(),
    paused: z.boolean().optional(),
    suspended: z.boolean().optional(),
    rollout: Rollout().optional(),
    /** Only when something is wrong, in words. */
    problem: z.string().optional(),
    /** From its labels; who installed it may know more. */
    helm: z.object({ chart: z.string().optional(), release: z.string().optional() }).optional(),
    hpa: z.object({ name: z.string(), min: z.int(), max: z.int(), current: z.int(), desired: z.int() }).optional(),
  }),
);
export type Workload = z.output<ReturnType<typeof Workload>>;

export const listWorkloads = route(
  "/v1/list-workloads",
  () =>
    z.strictObject({
      namespace: Namespace().describe("Kubernetes namespace"),
      kinds: z.array(WorkloadKind()).min(1).max(5).optional().describe("Left out: all"),
      label_selector: LabelSelector().optional().describe('As kubectl takes it: "app=web"'),
      only_problems: z.boolean().default(false).describe("Not ready, stuck or failed"),
      limit: z.int().min(1).max(500).default(100).describe("Workloads a page"),
      continue: Continue().optional(),
    }),
  () =>
    z.object({
      /** Those with a problem first. */
      workloads: z.array(Workload()),
      /** All that matched; a lower bound where a ceiling was reached. */
      total: z.int(),
      continue: z.string().optional(),
    }),
);
