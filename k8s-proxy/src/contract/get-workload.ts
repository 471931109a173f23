// One workload: what it asks for, what its last revisions changed, and what stands around it. Never a variable's value.
import * as z from "zod";
import { Event } from "./event.ts";
import { Condition, ContainerDetail } from "./get-pod.ts";
import { Workload, WorkloadKind } from "./list-workloads.ts";
import { Name, Namespace } from "./names.ts";
import { route } from "./route.ts";

export const Revision = z.object({
  revision: z.int(),
  created_at: z.string(),
  /** Pods it has now; left out where nobody counts them. */
  replicas: z.int().optional(),
  images: z.array(z.string()),
  /** Against the revision before: `web: image web:1 → web:2`. */
  changes: z.array(z.string()),
});
export type Revision = z.output<typeof Revision>;

/** What every pod of it is to be. */
export const WorkloadContainer = ContainerDetail.pick({
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
});
export type WorkloadContainer = z.output<typeof WorkloadContainer>;

export const WorkloadDetail = Workload.extend({
  conditions: z.array(Condition).optional(),
  containers: z.array(WorkloadContainer),
  /** The newest first. */
  revisions: z.array(Revision).optional(),
  pdb: z
    .object({
      name: z.string(),
      min_available: z.string().optional(),
      max_unavailable: z.string().optional(),
      disruptions_allowed: z.int(),
    })
    .optional(),
  services: z.array(z.object({ name: z.string(), ready: z.int(), endpoints: z.int() })).optional(),
  pods: z.object({
    total: z.int(),
    ready: z.int(),
    problems: z.array(z.object({ name: z.string(), reason: z.string() })),
  }),
  events: z.array(Event),
});
export type WorkloadDetail = z.output<typeof WorkloadDetail>;

export const getWorkload = route(
  "/v1/get-workload",
  z.strictObject({
    namespace: Namespace.describe("Kubernetes namespace"),
    kind: WorkloadKind.describe("Kind of the workload"),
    name: Name.describe("Name of the workload"),
  }),
  z.object({ workload: WorkloadDetail }),
);
