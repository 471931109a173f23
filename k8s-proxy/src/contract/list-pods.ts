// The pods of one namespace, in the words of kubectl.
import * as z from "zod";
import { Continue, FieldSelector, LabelSelector, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const MAX_PODS_A_PAGE = 500;

export const Container = once(() =>
  z.object({
    name: z.string(),
    image: z.string(),
    ready: z.boolean(),
    state: z.enum(["running", "waiting", "terminated", "unknown"]),
    reason: z.string().optional(),
    restarts: z.int(),
    /** Absent for an ordinary container. A sidecar is an init container that keeps running beside the others. */
    role: z.enum(["init", "sidecar"]).optional(),
  }),
);

export const Pod = once(() =>
  z.object({
    name: z.string(),
    phase: z.string(),
    /** The word that `kubectl get pods` prints in its STATUS column. */
    status: z.string(),
    /** Ready containers over all, sidecars included, as kubectl prints it: `1/2`. */
    ready: z.string(),
    restarts: z.int(),
    last_restart_at: z.string().optional(),
    created_at: z.string(),
    age_s: z.int(),
    node: z.string().optional(),
    ip: z.string().optional(),
    /** The controller that made it: `ReplicaSet/web-5b457f48d9`. */
    owner: z.string().optional(),
    /** Only when something is wrong: the reason nearest to the cause, cleaned of control characters and cut. */
    problem: z
      .object({
        reason: z.string(),
        message: z.string().optional(),
        exit_code: z.int().optional(),
        /** The container it was found in, when it is one container's: the one whose logs to read. */
        container: z.string().optional(),
      })
      .optional(),
    containers: z.array(Container()),
  }),
);
export type Pod = z.output<ReturnType<typeof Pod>>;

/** `unhealthy`: those with a problem, whatever their phase. The others are the API's own phases. */
export const PodState = once(() => z.enum(["all", "unhealthy", "pending", "running", "succeeded", "failed"]));
export type PodState = z.output<ReturnType<typeof PodState>>;

export const listPods = route(
  "/v1/list-pods",
  () =>
    z.strictObject({
      namespace: Namespace().describe("Kubernetes namespace"),
      label_selector: LabelSelector().optional().describe('As kubectl takes it: "app=web,tier!=cache"'),
      field_selector: FieldSelector().optional().describe('As kubectl takes it: "spec.nodeName=node-1"'),
      state: PodState().default("all").describe("unhealthy: with a problem, any phase"),
      name_pattern: z.string().min(1).max(128).optional().describe('Glob or RE2 for the whole name: "web-*"'),
      limit: z.int().min(1).max(MAX_PODS_A_PAGE).default(100).describe("Pods a page"),
      continue: Continue().optional(),
    }),
  () =>
    z.object({
      /** Those with a problem first. */
      pods: z.array(Pod()),
      continue: z.string().optional(),
      /** What the API server says is left after this page; absent when a selector was given (it does not count then). */
      remaining: z.int().optional(),
      /** All that a search by `unhealthy` or by name found; absent when it reached its ceiling before the end. */
      found: z.int().optional(),
      /** Of this page, or of all that the search found. */
      by_status: z.record(z.string(), z.int()).default({}),
    }),
);
