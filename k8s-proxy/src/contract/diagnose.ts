// What is wrong in a namespace, and what to look at next.
import * as z from "zod";
import { DurationUpTo, Name, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const SEVERITIES = ["critical", "warning", "info"] as const;

export const Finding = once(() =>
  z.object({
    severity: z.enum(SEVERITIES),
    /** A stable word to look the cause up by: `OOMKilled`, `StuckRollout`. */
    code: z.string(),
    /** `Deployment/catalog`, or the first of those concerned where `count` is more than one. */
    object: z.string(),
    /** How many objects show the same. */
    count: z.int(),
    summary: z.string(),
    /** What the cluster itself says, the nearest to the cause first. */
    evidence: z.array(z.string()),
    /** Calls that show more, ready to be made. */
    suggested_calls: z.array(z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) })),
  }),
);
export type Finding = z.output<ReturnType<typeof Finding>>;

export const diagnose = route(
  "/v1/diagnose",
  () =>
    z.strictObject({
      namespace: Namespace().describe("Kubernetes namespace"),
      workload: z
        .string()
        .max(320)
        .regex(/^(Deployment|StatefulSet|DaemonSet|Job|CronJob)\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be Kind/name")
        .optional()
        .describe('Only this one: "Deployment/web"'),
      pod: Name().optional().describe("Only this pod"),
      since: DurationUpTo("24h").default("1h").describe("How far back events count"),
    }),
  () =>
    z.object({
      findings: z.array(Finding()),
      total: z.int(),
      /** What was looked at. */
      looked_at: z.record(z.string(), z.int()),
      /** Of what was looked at, how much shows nothing wrong. */
      healthy: z.record(z.string(), z.int()),
    }),
);
