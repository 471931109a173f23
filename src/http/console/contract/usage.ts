// The console's Usage page: how much is called, by whom, how long it takes, and what stands behind it.
//
// GET usage?<filter>     Usage    audit:read; the filter of the audit log
// GET health             Health   any human

import * as z from "zod";
import { once } from "../../../once.ts";
import { QuotaCard } from "./quota.ts";

const Time = z.iso.datetime();
const Percentiles = { p50_ms: z.number().nullable(), p95_ms: z.number().nullable(), p99_ms: z.number().nullable() };
const Counts = { calls: z.int(), failed: z.int(), refused: z.int() };

export const Usage = once(() =>
  z.object({
    from: Time,
    to: Time,
    bucket_s: z.int(),
    total: z.object({ ...Counts, ...Percentiles, principals: z.int(), sessions: z.int() }),
    /** Every bucket, also the empty ones, oldest first. */
    series: z.array(z.object({ at: Time, ...Counts, ...Percentiles })),
    /** The most called first, at most 50. */
    by_tool: z.array(z.object({ tool: z.string(), ...Counts, ...Percentiles })),
    by_principal: z.array(
      z.object({
        id: z.string(),
        ...Counts,
        ...Percentiles,
        /**
         * As of now, whatever the time of the filter. What may be spent follows from roles, which are known of whoever
         * holds a key (`no_key`: holds none that works). Left out for whoever may not be told.
         */
        quota: z.union([QuotaCard(), z.enum(["no_key", "not_reached"])]).optional(),
      }),
    ),
    refusals: z.array(z.object({ reason: z.string(), count: z.int() })),
  }),
);
export type Usage = z.output<ReturnType<typeof Usage>>;

/** Also the body of /ready, less the details. */
export const Health = once(() =>
  z.object({
    /** False where no call can be served as it should. */
    ready: z.boolean(),
    /** `degraded`: ready, and something does not answer: one cluster of several, say. */
    status: z.enum(["ready", "degraded", "not_ready"]),
    checks: z.array(
      z.object({
        /** redis, postgres, or a cluster's name. */
        name: z.string(),
        kind: z.enum(["redis", "postgres", "cluster"]),
        ok: z.boolean(),
        latency_ms: z.int(),
        reason: z.string().optional(),
        checked_at: Time,
      }),
    ),
    audit: z.object({ backlog_rows: z.int(), lag_s: z.number() }),
    sessions: z.object({ live: z.int(), hibernated: z.int() }),
    approvals_waiting: z.int(),
  }),
);
export type Health = z.output<ReturnType<typeof Health>>;
