// One PromQL expression over a span of time: as points, or as what can be said about them in a line.
import * as z from "zod";
import { Duration, Moment } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";
import { Labels, Promql, SampleValue } from "./series.ts";

export const SeriesStats = once(() =>
  z.object({
    first: SampleValue(),
    last: SampleValue(),
    min: SampleValue(),
    max: SampleValue(),
    avg: SampleValue(),
    p95: SampleValue(),
    /** Points that are there. */
    n: z.int(),
    /** Steps without one. */
    gaps: z.int(),
  }),
);

export const Series = once(() =>
  z.object({
    labels: Labels().optional(),
    stats: SeriesStats(),
    /** One a step from `start` on; null where there is none. */
    points: z.array(SampleValue().nullable()).optional(),
  }),
);
export type Series = z.output<ReturnType<typeof Series>>;

export const queryMetricsRange = route(
  "/v1/prom/query-range",
  () =>
    z.strictObject({
      query: Promql().describe("PromQL, evaluated at every step"),
      start: Moment().default("now-1h").describe('RFC 3339, or "now-6h"'),
      end: Moment().default("now").describe("At most 31d after start"),
      step: Duration().optional().describe("Left out: start to end in 120 steps at most"),
      mode: z.enum(["auto", "stats", "points"]).default("auto").describe("auto: points while there are 600 at most"),
      limit: z.int().min(1).max(100).default(20).describe("Series at most"),
    }),
  () =>
    z.object({
      common_labels: Labels().optional(),
      /** RFC 3339: the moment of the first point. */
      start: z.string(),
      end: z.string(),
      step_s: z.number(),
      mode: z.enum(["stats", "points"]),
      series: z.array(Series()),
      total_series: z.int(),
      hint: z.string().optional(),
    }),
);
