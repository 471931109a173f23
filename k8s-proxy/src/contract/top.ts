// What pods or nodes use now, beside what they asked for.
import * as z from "zod";
import { LabelSelector, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

const shares = once(() => ({
  cpu_request_pct: z.int().optional(),
  cpu_limit_pct: z.int().optional(),
  mem_request_pct: z.int().optional(),
  mem_limit_pct: z.int().optional(),
}));

export const Usage = once(() =>
  z.object({
    namespace: z.string().optional(),
    name: z.string(),
    cpu_m: z.int(),
    mem_mib: z.int(),
    /** Of the pod's sums, where every container has a request or limit. */
    ...shares(),
    /** Of a node: of what can be allocated. */
    cpu_pct: z.int().optional(),
    mem_pct: z.int().optional(),
    /** Where a pod has more than one. */
    containers: z.array(z.object({ name: z.string(), cpu_m: z.int(), mem_mib: z.int(), ...shares() })).optional(),
    /** The span that the CPU figure is a mean of. */
    window_s: z.int().optional(),
  }),
);
export type Usage = z.output<ReturnType<typeof Usage>>;

export const top = route(
  "/v1/top",
  () =>
    z.strictObject({
      target: z.enum(["pods", "nodes"]).describe("nodes: whole-cluster grants only"),
      namespace: Namespace().optional().describe("For pods; left out: all you may read"),
      label_selector: LabelSelector().optional().describe('As kubectl takes it: "app=web"'),
      sort: z.enum(["cpu", "memory"]).default("cpu").describe("Largest first"),
      limit: z.int().min(1).max(100).default(20).describe("Rows at most"),
    }),
  () =>
    z.object({
      usage: z.array(Usage()),
      total: z.int(),
      source: z.enum(["metrics-server", "prometheus"]),
    }),
);
