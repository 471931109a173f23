// Which code answers which route: one line a route.
import { ROUTES } from "./contract/index.ts";
import { diagnose } from "./diagnose/diagnose.ts";
import { getPod } from "./kubernetes/get-pod.ts";
import { getResource } from "./kubernetes/get-resource.ts";
import { getWorkload } from "./kubernetes/get-workload.ts";
import { listEvents } from "./kubernetes/list-events.ts";
import { listNamespaces } from "./kubernetes/list-namespaces.ts";
import { listNodes } from "./kubernetes/list-nodes.ts";
import { listPods } from "./kubernetes/list-pods.ts";
import { listResources } from "./kubernetes/list-resources.ts";
import { listWorkloads } from "./kubernetes/list-workloads.ts";
import { top } from "./kubernetes/top.ts";
import { logPatterns } from "./logs/log-patterns.ts";
import { searchLogs } from "./logs/search-logs.ts";
import { describeMetric } from "./prometheus/describe-metric.ts";
import { listAlerts } from "./prometheus/list-alerts.ts";
import { listMetrics } from "./prometheus/list-metrics.ts";
import { listRules } from "./prometheus/list-rules.ts";
import { listTargets } from "./prometheus/list-targets.ts";
import { prometheusStatus } from "./prometheus/prometheus-status.ts";
import { queryMetrics } from "./prometheus/query-metrics.ts";
import { queryMetricsRange } from "./prometheus/query-metrics-range.ts";
import { parseRequest } from "./parse-request.ts";
import { ok } from "./result.ts";

import type * as z from "zod";
import type { Route } from "./contract/index.ts";
import type { Failure } from "./failure.ts";
import type { Handles, Reading } from "./reading.ts";
import type { Result } from "./result.ts";

/** A route with the code behind it; what was asked is parsed inside, by the route's own schema. */
export interface Handler {
  readonly path: string;
  readonly parse: (body: unknown) => Result<Asked, Failure>;
}

export interface Asked {
  /** The namespace that is asked about, where one is. */
  readonly namespace: string | undefined;
  readonly run: (reading: Reading) => Promise<Result<object, Failure>>;
}

export const HANDLERS: readonly Handler[] = [
  handler(ROUTES.listPods, listPods),
  handler(ROUTES.getPod, getPod),
  handler(ROUTES.listWorkloads, listWorkloads),
  handler(ROUTES.getWorkload, getWorkload),
  handler(ROUTES.listResources, listResources),
  handler(ROUTES.getResource, getResource),
  handler(ROUTES.diagnose, diagnose),
  handler(ROUTES.listEvents, listEvents),
  handler(ROUTES.listNodes, listNodes),
  handler(ROUTES.listNamespaces, listNamespaces),
  handler(ROUTES.top, top),
  handler(ROUTES.searchLogs, searchLogs),
  handler(ROUTES.logPatterns, logPatterns),
  handler(ROUTES.describeMetric, describeMetric),
  handler(ROUTES.listAlerts, listAlerts),
  handler(ROUTES.listMetrics, listMetrics),
  handler(ROUTES.listRules, listRules),
  handler(ROUTES.listTargets, listTargets),
  handler(ROUTES.prometheusStatus, prometheusStatus),
  handler(ROUTES.queryMetrics, queryMetrics),
  handler(ROUTES.queryMetricsRange, queryMetricsRange),
];

function handler<A extends z.ZodObject, D extends z.ZodObject>(
  route: Route<A, D>,
  answer: Handles<Route<A, D>>,
): Handler {
  return {
    path: route.path,
    parse: (body) => {
      const parsed = parseRequest(route.request, body);
      if (!parsed.ok) return parsed;
      const { asked, namespace } = parsed.value;
      return ok({ namespace, run: (reading) => answer(asked, reading) });
    },
  };
}
