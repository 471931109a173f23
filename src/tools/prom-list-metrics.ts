// Which metrics there are.

import { ROUTES } from "k8s-proxy/contract";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

const route = ROUTES.listMetrics;

export const promListMetrics = defineReading({
  name: "prom.list_metrics",
  description:
    "Find Prometheus metrics by prefix or RE2 pattern, with type, help and unit. Without either: the families they fall into, largest first.",
  requires: "prometheus:query",
  rate: "30/minute",
  route,
  scope: "granted",
  output: () => route.data.pick({ metrics: true, families: true }).extend({ meta: Meta() }),

  answer({ metrics, families, total, hint, continue: next }, asked) {
    if (families) {
      const { shown, meta } = fit(families, asked, { narrower: "a prefix or a name_pattern", hint });
      return { metrics: [], families: shown, meta: { ...meta, total, truncated: true } };
    }
    const { shown, meta } = fit(metrics, asked, { total, next, narrower: "a longer prefix or name_pattern", hint });
    return { metrics: shown, meta };
  },
});
