// What changes in a namespace, line by line as it happens: pods as kubectl would show them, and events.
import * as z from "zod";
import { Pod } from "./list-pods.ts";
import { Namespace } from "./names.ts";
import { streamRoute } from "./route.ts";

export const MAX_WATCH_S = 1_800;
/** A line comes at least this often; who hears nothing for three of these is talking to nobody. */
export const WATCH_KEEPALIVE_S = 15;
export const MAX_CHANGES_A_LINE = 50;
/** No line is longer, the line break included. */
export const MAX_WATCH_LINE_BYTES = 256 * 1024;

/** Its state as it is now; of a pod that is gone, as it was last. */
const podChange = () =>
  z.object({
    kind: z.literal("Pod"),
    ...Pod.pick({ name: true, status: true, ready: true, restarts: true, problem: true }).shape,
    change: z.enum(["added", "modified", "deleted"]),
  });

const eventChange = () =>
  z.object({
    kind: z.literal("Event"),
    type: z.string(),
    reason: z.string(),
    /** `Pod/web-5b457f48d9-bknhf` */
    object: z.string(),
    message: z.string(),
    /** How often it was seen, from its beginning on. */
    count: z.int(),
  });

export const watchNamespace = streamRoute(
  "/v1/watch-namespace",
  () =>
    z.strictObject({
      namespace: Namespace.describe("Kubernetes namespace"),
      kinds: z
        .array(z.enum(["pods", "events"]))
        .min(1)
        .max(2)
        .default(["pods", "events"])
        .describe("What to watch"),
      max_s: z.int().min(1).max(MAX_WATCH_S).default(MAX_WATCH_S).describe("Seconds until the watch ends by itself"),
    }),
  () =>
    z.discriminatedUnion("type", [
      /** Always the first: what happens from here on is told. */
      z.object({ type: z.literal("started"), observed_at: z.string() }),
      /** One a second at most; a thing that changed several times within it stands in it once, as it is at its end. */
      z.object({
        type: z.literal("changed"),
        changes: z.array(z.discriminatedUnion("kind", [podChange(), eventChange()])),
        /** So many more changes were not kept: look anew. */
        omitted: z.int().optional(),
        observed_at: z.string(),
      }),
      z.object({ type: z.literal("keepalive") }),
      /** The watch had to start again, and events may have been missed: look anew. Pods that differ follow as changes. */
      z.object({ type: z.literal("resynced"), observed_at: z.string() }),
      /** Always the last: a stream that ends without it was cut. */
      z.object({
        type: z.literal("ended"),
        /** `too_many_changes`: more pods than one watch holds. `api_unavailable`: asked again and again, in vain. */
        reason: z.enum(["max_age", "proxy_stopping", "api_unavailable", "too_many_changes"]),
      }),
    ]),
);
export type WatchRequest = z.input<typeof watchNamespace.request>;
export type WatchLine = z.output<typeof watchNamespace.line>;
export type WatchEnd = Extract<WatchLine, { type: "ended" }>["reason"];
export type WatchChange = Extract<WatchLine, { type: "changed" }>["changes"][number];
export type PodChange = Extract<WatchChange, { kind: "Pod" }>;
export type EventChange = Extract<WatchChange, { kind: "Event" }>;
