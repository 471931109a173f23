// What Prometheus scrapes, and what it cannot reach.

import { ROUTES, ScrapePool, ScrapeTarget } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

/** All pools are counted; a cluster has some dozens, and those in trouble stand first. */
const MAX_POOLS = 50;

export const promListTargets = defineReading({
  name: "prom.list_targets",
  description:
    "List Prometheus scrape targets that are down (or up, or any) with the last error, and counts per pool: why a metric is missing.",
  requires: "prometheus:query",
  rate: "20/minute",
  route: ROUTES.listTargets,
  scope: "cluster",
  output: () => z.object({ targets: z.array(ScrapeTarget()), pools: z.array(ScrapePool()), meta: Meta() }),

  answer({ targets, pools, total, hint }, asked) {
    const counted = pools.slice(0, MAX_POOLS);
    const { shown, meta } = fit(targets, asked, {
      total,
      narrower: "a pool",
      besideBytes: JSON.stringify(counted).length,
      hint,
    });
    return { targets: shown, pools: counted, meta };
  },
});
