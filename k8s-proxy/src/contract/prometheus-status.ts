// How the Prometheus server itself is: its version, its load, and what fills it. Never its configuration.
import * as z from "zod";
import { once } from "./once.ts";
import { route } from "./route.ts";

const Cardinality = once(() => z.array(z.object({ name: z.string(), count: z.int() })));

export const prometheusStatus = route(
  "/v1/prom/status",
  () => z.strictObject({}),
  () =>
    z.object({
      version: z.string().optional(),
      started_at: z.string().optional(),
      uptime_s: z.int().optional(),
      retention: z.string().optional(),
      config_reload_ok: z.boolean().optional(),
      last_config_at: z.string().optional(),
      /** Of the write-ahead log; more than none means that samples were lost. */
      wal_corruptions: z.int().optional(),
      goroutines: z.int().optional(),
      series: z.int().optional(),
      chunks: z.int().optional(),
      /** The ten metrics with most series, and the ten labels with most values. */
      top_metrics: Cardinality().optional(),
      top_labels: Cardinality().optional(),
    }),
);
