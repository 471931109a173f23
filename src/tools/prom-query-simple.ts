// One PromQL expression at one moment; the same question within five minutes is answered from what was found then.

import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { Cluster } from "../reading/cluster.ts";
import { ask, clusterOf, namespacesOf, targetOf } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";
import { normalPromql } from "../reading/promql.ts";
import { sharedAnswer } from "../reading/shared-answer.ts";
import { ok } from "../result.ts";
import { DEFAULT_RESULT_BYTES, defineTool } from "../tool/tool.ts";
import type { Call } from "../tool/tool.ts";
import type { SharedAnswer } from "../reading/shared-answer.ts";

const route = ROUTES.queryMetrics;
const MAX_AGE_S = 300;

const output = () =>
  route.data.omit({ hint: true }).extend({ meta: Meta().extend({ cached: z.boolean(), age_s: z.int().optional() }) });

export const promQuerySimple = defineTool({
  name: "prom.query_simple",
  description:
    "Evaluate a PromQL expression at one moment. Highest values first, with statistics over all series. Answers are shared for 5 minutes; meta.age_s says how old.",
  effect: "read",
  requires: "prometheus:query",
  rate: "60/minute",
  timeoutMs: 25_000,
  uses: ["clusters", "queryCache"],
  input: () =>
    z.strictObject({
      ...route.request.shape,
      max_age_s: z.int().min(0).max(MAX_AGE_S).default(MAX_AGE_S).describe("Oldest answer to take from the cache"),
      cluster: Cluster().optional(),
    }),
  output,

  target: ({ cluster }, clusters) => targetOf({ cluster }, "granted", clusters),
  targetAt: ({ cluster }, clusters) => targetOf({ cluster }, "granted", clusters),

  async run({ cluster: _, max_age_s, ...asked }, { clusters, queryCache }, call) {
    const namespaces = namespacesOf(call);
    const query = await normalPromql(asked.query, { namespaces, now: call.now() });
    if (!query.ok) return query;

    const request = { ...asked, query: query.value };
    const { time, limit, sort } = request;
    const answered = await sharedAnswer({
      cache: queryCache,
      key: { cluster: clusterOf(call), namespaces, question: [query.value, momentOf(time), limit, sort] },
      maxAgeMs: max_age_s * 1_000,
      call,
      schema: route.response,
      fetch: () => ask(route, request, { clusters, call }),
    });
    return answered.ok ? ok(shaped(answered.value, call)) : answered;
  },
});

/** One spelling for a moment that can be written in several; what is relative stays so, and ages with the answer. */
function momentOf(time: string): string {
  return time.startsWith("now") ? time : new Date(time).toISOString();
}

function shaped(
  { value, ageMs, warning }: SharedAnswer<z.output<typeof route.response>>,
  call: Call,
): z.input<ReturnType<typeof output>> {
  const { type, common_labels, samples, total_series, stats, hint, ...observed } = value;
  const beside = { type, ...(common_labels && { common_labels }), total_series, ...(stats && { stats }) };
  const warnings = warning === undefined ? observed.warnings : [...observed.warnings, warning];
  const subject = {
    cluster: clusterOf(call),
    namespace: undefined,
    observed: { ...observed, warnings },
    maxResultBytes: DEFAULT_RESULT_BYTES,
    seal: (position: string) => position,
  };
  const { shown, meta } = fit(samples, subject, {
    total: total_series,
    narrower: "topk(20, …) or sum by (label) (…)",
    besideBytes: JSON.stringify(beside).length,
    hint,
  });
  const age = ageMs === undefined ? { cached: false } : { cached: true, age_s: Math.round(ageMs / 1_000) };
  return { ...beside, samples: shown, meta: { ...meta, ...age } };
}
