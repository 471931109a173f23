// What the logs of many pods say over and over, and when: thousands of lines as a few.

import { LogBucket, LogSummary, LogTemplate, LogTruncated, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";
import { isTrue } from "./logs-search.ts";

export const logsPatterns = defineReading({
  name: "logs.patterns",
  description:
    "Count what the logs of a namespace's pods say: the 30 top line patterns, errors first, and lines over time. The cheap first look before logs.search.",
  requires: "logs:read",
  rate: "6/minute",
  cost: 5,
  timeoutMs: 20_000,
  route: ROUTES.logPatterns,
  scope: "namespace",
  output: () =>
    z.object({
      templates: z.array(LogTemplate),
      histogram: z.array(LogBucket),
      summary: LogSummary,
      truncated: LogTruncated,
      meta: Meta,
    }),

  answer({ templates, total_templates: total, histogram, summary, truncated }, asked) {
    const { shown, meta } = fit(templates, asked, {
      total,
      narrower: "a filter, a level or a narrower pod_pattern",
      limitedBy: null,
      besideBytes: byteLength(JSON.stringify({ histogram, summary, truncated })),
    });
    return {
      templates: shown,
      histogram,
      summary,
      truncated,
      meta: { ...meta, truncated: meta.truncated || isTrue(truncated) },
    };
  },
});
