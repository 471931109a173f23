// One metric: its type, its labels, and how it is best asked.
import * as z from "zod";
import { route } from "./route.ts";
import { LabelName, MetricName } from "./series.ts";

export const describeMetric = route(
  "/v1/prom/describe-metric",
  () =>
    z.strictObject({
      metric: MetricName().describe("Name of the metric"),
      label: LabelName().optional().describe("List this label's values"),
      selector: z.string().min(1).max(1024).optional().describe('Only series with these labels: job="api"'),
    }),
  () =>
    z.object({
      metric: z.string(),
      type: z.string().optional(),
      help: z.string().optional(),
      unit: z.string().optional(),
      /** Seen in the last hour. */
      series: z.int(),
      labels: z.array(z.object({ name: z.string(), values_count: z.int(), sample: z.array(z.string()) })),
      /** Of the label that was asked for, at most 100. */
      values: z.array(z.string()).optional(),
      example_queries: z.array(z.string()),
      hint: z.string().optional(),
    }),
);
