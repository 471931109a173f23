// What one metric is, and how it is best asked.

import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { Meta, metaOf } from "../reading/meta.ts";

const route = ROUTES.describeMetric;

export const promDescribeMetric = defineReading({
  name: "prom.describe_metric",
  description:
    "Describe a Prometheus metric: type, help, number of series, its labels with sample values, and example queries. Name a label to list its values.",
  requires: "prometheus:query",
  rate: "30/minute",
  route,
  scope: "granted",
  timeoutMs: 20_000,
  output: () =>
    z.object({ metric: route.data.omit({ metric: true, hint: true }).extend({ name: z.string() }), meta: Meta() }),

  answer({ metric: name, type, help, unit, series, labels, values, example_queries, hint }, asked) {
    return {
      metric: {
        name,
        ...(type !== undefined && { type }),
        ...(help !== undefined && { help }),
        ...(unit !== undefined && { unit }),
        series,
        labels,
        ...(values !== undefined && { values }),
        example_queries,
      },
      meta: { ...metaOf(asked), ...(hint !== undefined && { hint }) },
    };
  },
});
