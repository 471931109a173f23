// One pod: what it was asked to be, what became of it, and what happened to it. Names of environment variables, never values.
import * as z from "zod";
import { Event } from "./event.ts";
import { Pod } from "./list-pods.ts";
import { Name, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const Condition = once(() =>
  z.object({
    type: z.string(),
    status: z.string(),
    reason: z.string().optional(),
    message: z.string().optional(),
    since: z.string().optional(),
  }),
);
export type Condition = z.output<ReturnType<typeof Condition>>;

export const ContainerState = once(() =>
  z.object({
    state: z.enum(["running", "waiting", "terminated", "unknown"]),
    reason: z.string().optional(),
    message: z.string().optional(),
    exit_code: z.int().optional(),
    signal: z.int().optional(),
    started_at: z.string().optional(),
    finished_at: z.string().optional(),
  }),
);
export type ContainerState = z.output<ReturnType<typeof ContainerState>>;

const Quantities = once(() => z.record(z.string(), z.string()));

export const ContainerDetail = once(() =>
  z.object({
    name: z.string(),
    image: z.string(),
    role: z.enum(["init", "sidecar"]).optional(),
    ready: z.boolean(),
    restarts: z.int(),
    ...ContainerState().shape,
    /** How its life before this one ended. */
    last: ContainerState().optional(),
    /** Names only: a value may be a secret, wherever it comes from. */
    env: z.array(z.string()).optional(),
    /** Whole objects turned into variables: `ConfigMap/ledger-config`. */
    env_from: z.array(z.string()).optional(),
    ports: z.array(z.string()).optional(),
    /** `/data from data (read-only)`. */
    mounts: z.array(z.string()).optional(),
    requests: Quantities().optional(),
    limits: Quantities().optional(),
    /** `http GET :8080/healthz every 10s, timeout 1s, fails after 3`. */
    probes: z.object({ startup: z.string(), readiness: z.string(), liveness: z.string() }).partial().optional(),
  }),
);
export type ContainerDetail = z.output<ReturnType<typeof ContainerDetail>>;

export const PodDetail = once(() =>
  Pod()
    .omit({ owner: true })
    .extend({
      /** From the nearest upwards: `ReplicaSet/web-5b457f48d9`, `Deployment/web`. */
      owners: z.array(z.string()).optional(),
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
      qos: z.string().optional(),
      service_account: z.string().optional(),
      priority_class: z.string().optional(),
      restart_policy: z.string().optional(),
      host_network: z.boolean().optional(),
      deletion_due_at: z.string().optional(),
      finalizers: z.array(z.string()).optional(),
      node_selector: z.record(z.string(), z.string()).optional(),
      /** As kubectl writes them: `gpu=yes:NoSchedule for 300s`. */
      tolerations: z.array(z.string()).optional(),
      /** `data: PersistentVolumeClaim/data-db-0`. */
      volumes: z.array(z.string()).optional(),
      conditions: z.array(Condition()),
      containers: z.array(ContainerDetail()),
    }),
);
export type PodDetail = z.output<ReturnType<typeof PodDetail>>;

export const getPod = route(
  "/v1/get-pod",
  () =>
    z.strictObject({
      namespace: Namespace().describe("Kubernetes namespace"),
      name: Name().describe("Name of the pod"),
      events: z.int().min(0).max(50).default(10).describe("How many of its newest events"),
    }),
  () => z.object({ pod: PodDetail(), events: z.array(Event()) }),
);
