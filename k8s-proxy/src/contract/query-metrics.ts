// One PromQL expression at one moment.
import * as z from "zod";
import { Moment } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";
import { Labels, Promql, SampleValue } from "./series.ts";

export const Sample = once(() =>
  z.object({
    /** Without those that stand in `common_labels`. */
    labels: Labels().optional(),
    /** Absent only for a native histogram. */
    value: SampleValue().optional(),
    /** Unix time in seconds. */
    ts: z.number(),
    /** For a range selector: the newest `[ts, value]`, oldest first; `value` is the last of them. */
    values: z.array(z.tuple([z.number(), SampleValue()])).optional(),
    histogram: z.object({ count: SampleValue(), sum: SampleValue() }).optional(),
  }),
);
export type Sample = z.output<ReturnType<typeof Sample>>;

export const queryMetrics = route(
  "/v1/prom/query",
  () =>
    z.strictObject({
      query: Promql().describe('PromQL: "sum by (pod) (rate(x_total[5m]))"'),
      time: Moment().default("now").describe('RFC 3339, or "now-1h"'),
      limit: z.int().min(1).max(500).default(50).describe("Series at most"),
      sort: z.enum(["value_desc", "none"]).default("value_desc").describe("Order of series"),
    }),
  () =>
    z.object({
      type: z.enum(["vector", "matrix", "scalar", "string"]),
      common_labels: Labels().optional(),
      samples: z.array(Sample()),
      total_series: z.int(),
      /** Over all series, shown or not; numbers that are not finite do not count. */
      stats: z.object({ min: z.number(), max: z.number(), sum: z.number(), avg: z.number() }).optional(),
      hint: z.string().optional(),
    }),
);
