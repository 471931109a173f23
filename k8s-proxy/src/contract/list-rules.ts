// The rules that Prometheus evaluates, and whether it can.
import * as z from "zod";
import { Continue } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";
import { Labels } from "./series.ts";

export const Rule = once(() =>
  z.object({
    name: z.string(),
    type: z.enum(["alert", "record"]),
    group: z.string(),
    query: z.string(),
    /** How long an alert is pending before it fires. */
    for_s: z.number().optional(),
    state: z.string().optional(),
    health: z.string(),
    last_error: z.string().optional(),
    eval_ms: z.number().optional(),
    labels: Labels().optional(),
  }),
);
export type Rule = z.output<ReturnType<typeof Rule>>;

export const listRules = route(
  "/v1/prom/list-rules",
  () =>
    z.strictObject({
      type: z.enum(["alert", "record"]).optional().describe("Left out: both"),
      name: z.string().max(256).optional().describe("Name of the rule"),
      group: z.string().max(256).optional().describe("Name of the rule group"),
      health: z.enum(["ok", "err", "unknown"]).optional().describe("err: rules that cannot be evaluated"),
      limit: z.int().min(1).max(200).default(50).describe("Rules a page"),
      continue: Continue().optional(),
    }),
  () =>
    z.object({
      rules: z.array(Rule()),
      total: z.int(),
      continue: z.string().optional(),
      hint: z.string().optional(),
    }),
);
