// The names of metrics, with what they mean.
import * as z from "zod";
import { Continue } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";
import { Promql } from "./series.ts";

export const Metric = once(() =>
  z.object({
    name: z.string(),
    type: z.string().optional(),
    help: z.string().optional(),
    unit: z.string().optional(),
  }),
);
export type Metric = z.output<ReturnType<typeof Metric>>;

/** Metrics whose names begin alike: `node_`. */
export const MetricFamily = once(() =>
  z.object({ prefix: z.string(), metrics: z.int(), examples: z.array(z.string()) }),
);
export type MetricFamily = z.output<ReturnType<typeof MetricFamily>>;

export const listMetrics = route(
  "/v1/prom/list-metrics",
  () =>
    z.strictObject({
      name_pattern: z.string().min(1).max(128).optional().describe('RE2 found in the name: "http.*seconds"'),
      prefix: z
        .string()
        .min(1)
        .max(128)
        .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "must be the beginning of a metric's name")
        .optional()
        .describe('Beginning of the name: "node_"'),
      selector: Promql().max(1024).optional().describe('Only metrics of these series: {job="api"}'),
      limit: z.int().min(1).max(200).default(50).describe("Metrics a page"),
      continue: Continue().optional(),
    }),
  () =>
    z.object({
      metrics: z.array(Metric()),
      /** Instead of metrics, where neither pattern nor prefix was given. */
      families: z.array(MetricFamily()).optional(),
      /** Metrics that match, listed or not. */
      total: z.int(),
      continue: z.string().optional(),
      hint: z.string().optional(),
    }),
);
