// One PromQL expression over a span of time: points where they are few, else what can be said about each series.

import { ROUTES } from "k8s-proxy/contract";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";
import { normalPromql } from "../reading/promql.ts";
import { ok } from "../result.ts";

const route = ROUTES.queryMetricsRange;

export const promQueryRange = defineReading({
  name: "prom.query_range",
  description:
    "Evaluate a PromQL expression over a span of up to 31 days. Per series: first, last, min, max, avg, p95 and gaps, and its points while there are few.",
  requires: "prometheus:query",
  rate: "20/minute",
  cost: 5,
  route,
  scope: "granted",
  timeoutMs: 20_000,
  output: () => route.data.omit({ hint: true }).extend({ meta: Meta }),

  check({ query }, look) {
    const checked = normalPromql(query, look);
    return checked.ok ? ok(undefined) : checked;
  },

  answer(response, asked) {
    const { common_labels, start, end, step_s, mode, series, total_series, hint } = response;
    const beside = { ...(common_labels && { common_labels }), start, end, step_s, mode, total_series };
    const { shown, meta } = fit(series, asked, {
      total: total_series,
      narrower: "mode: stats, a longer step, or topk(10, …)",
      besideBytes: JSON.stringify(beside).length,
      hint,
    });
    return { ...beside, series: shown, meta };
  },
});
