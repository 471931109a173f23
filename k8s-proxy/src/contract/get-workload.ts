// One workload: what it was asked to be, what its revisions changed, and what depends on it.
import * as z from "zod";
import { Event } from "./event.ts";
import { Condition, ContainerDetail } from "./get-pod.ts";
import { Workload, WorkloadKind } from "./list-workloads.ts";
import { Name, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

const TemplateContainer = once(() =>
  ContainerDetail().pick({
    name: true,
    image: true,
    role: true,
    env: true,
    env_from: true,
    ports: true,
    mounts: true,
    requests: true,
    limits: true,
    probes: true,
  }),
);
export type TemplateContainer = z.output<ReturnType<typeof TemplateContainer>>;

export const WorkloadDetail = once(() =>
  Workload().extend({
    /** Who made it: `CronJob/backup`. */
    owner: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    /** As kubectl takes it: the pods that belong to it. */
    selector: z.string().optional(),
    service_account: z.string().optional(),
    containers: z.array(TemplateContainer()),
    conditions: z.array(Condition()).optional(),
  }),
);
export type WorkloadDetail = z.output<ReturnType<typeof WorkloadDetail>>;

export const Revision = once(() =>
  z.object({
    revision: z.int(),
    created_at: z.string(),
    /** Of a Deployment: the pods it has now. */
    replicas: z.int().optional(),
    images: z.array(z.string()),
    /** Against the revision before: `web: image a → b`, `web: env changed: MODE`. Names of variables, never values. */
    changes: z.array(z.string()),
  }),
);
export type Revision = z.output<ReturnType<typeof Revision>>;

const Problem = once(() =>
  z.object({ name: z.string(), status: z.string(), reason: z.string(), message: z.string().optional() }),
);

const OwnJob = once(() =>
  z.object({
    name: z.string(),
    state: z.enum(["complete", "failed", "running", "suspended"]),
    started_at: z.string().optional(),
    completed_at: z.string().optional(),
  }),
);

const OwnService = once(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    ports: z.array(z.string()),
    /** Of all that it leads to, which may be more than this workload. */
    endpoints: z.object({ ready: z.int(), total: z.int() }).optional(),
  }),
);

const Budget = once(() =>
  z.object({
    name: z.string(),
    /** `max unavailable 1`. */
    rule: z.string(),
    disruptions_allowed: z.int(),
    healthy: z.int(),
    expected: z.int(),
  }),
);

const OwnPods = once(() =>
  z.object({
    total: z.int(),
    ready: z.int(),
    by_status: z.record(z.string(), z.int()),
    /** Ten at most. */
    problems: z.array(Problem()).optional(),
  }),
);

export const getWorkload = route(
  "/v1/get-workload",
  () =>
    z.strictObject({
      namespace: Namespace().describe("Kubernetes namespace"),
      kind: WorkloadKind().describe("Kind of the workload"),
      name: Name().describe("Its name"),
      events: z.int().min(0).max(50).default(10).describe("How many of its newest events"),
    }),
  () =>
    z.object({
      workload: WorkloadDetail(),
      /** The newest first, ten at most; none of a Job or CronJob. */
      revisions: z.array(Revision()).optional(),
      /** Of a CronJob: its newest jobs. */
      jobs: z.array(OwnJob()).optional(),
      /** Left out where they could not be read. */
      pods: OwnPods().optional(),
      services: z.array(OwnService()).optional(),
      disruption_budgets: z.array(Budget()).optional(),
      /** Its own, and those of its pods, revisions or jobs, folded. */
      events: z.array(Event()),
    }),
);
