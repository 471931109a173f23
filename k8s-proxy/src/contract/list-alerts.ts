// The alerts that fire or are about to.
import * as z from "zod";
import { Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";
import { Labels, SampleValue } from "./series.ts";

export const Alert = once(() =>
  z.object({
    name: z.string(),
    state: z.enum(["firing", "pending"]),
    active_at: z.string().optional(),
    value: SampleValue().optional(),
    labels: Labels().optional(),
    summary: z.string().optional(),
    description: z.string().optional(),
    runbook_url: z.string().optional(),
    /** Ids of silences and fingerprints of alerts, as Alertmanager gives them. */
    silenced_by: z.array(z.string()).optional(),
    inhibited_by: z.array(z.string()).optional(),
    rule_query: z.string().optional(),
  }),
);
export type Alert = z.output<ReturnType<typeof Alert>>;

export const listAlerts = route(
  "/v1/prom/list-alerts",
  () =>
    z.strictObject({
      state: z.enum(["firing", "pending"]).optional().describe("Left out: both, firing first"),
      severity: z.string().max(64).optional().describe("Value of the label severity"),
      namespace: Namespace().optional().describe("Value of the label namespace"),
      name: z.string().max(256).optional().describe("Name of the alert"),
      limit: z.int().min(1).max(100).default(100).describe("Alerts at most"),
    }),
  () => z.object({ alerts: z.array(Alert()), total: z.int(), hint: z.string().optional() }),
);
