// What Prometheus scrapes, and what it cannot reach.
import * as z from "zod";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const ScrapeTarget = once(() =>
  z.object({
    pool: z.string(),
    instance: z.string(),
    health: z.string(),
    /** Without query string and credentials. */
    url: z.string().optional(),
    last_error: z.string().optional(),
    last_scrape: z.string().optional(),
    duration_s: z.number().optional(),
  }),
);
export type ScrapeTarget = z.output<ReturnType<typeof ScrapeTarget>>;

export const ScrapePool = once(() => z.object({ pool: z.string(), up: z.int(), down: z.int(), unknown: z.int() }));
export type ScrapePool = z.output<ReturnType<typeof ScrapePool>>;

export const listTargets = route(
  "/v1/prom/list-targets",
  () =>
    z.strictObject({
      health: z.enum(["down", "up", "unknown", "any"]).default("down").describe("State of the last scrape"),
      pool: z.string().max(256).optional().describe("Name of the scrape pool (job)"),
      limit: z.int().min(1).max(200).default(50).describe("Targets at most"),
    }),
  () =>
    z.object({
      targets: z.array(ScrapeTarget()),
      /** All pools, those in trouble first. */
      pools: z.array(ScrapePool()),
      total: z.int(),
      hint: z.string().optional(),
    }),
);
