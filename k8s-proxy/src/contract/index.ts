// What the Worker and the proxy say to each other: every route's request and response, and the token that carries both.
import { describeMetric } from "./describe-metric.ts";
import { diagnose } from "./diagnose.ts";
import { getPod } from "./get-pod.ts";
import { getResource } from "./get-resource.ts";
import { getWorkload } from "./get-workload.ts";
import { listAlerts } from "./list-alerts.ts";
import { listEvents } from "./list-events.ts";
import { listMetrics } from "./list-metrics.ts";
import { listNamespaces } from "./list-namespaces.ts";
import { listNodes } from "./list-nodes.ts";
import { listPods } from "./list-pods.ts";
import { listResources } from "./list-resources.ts";
import { listRules } from "./list-rules.ts";
import { listTargets } from "./list-targets.ts";
import { listWorkloads } from "./list-workloads.ts";
import { logPatterns } from "./log-patterns.ts";
import { prometheusStatus } from "./prometheus-status.ts";
import { queryMetricsRange } from "./query-metrics-range.ts";
import { queryMetrics } from "./query-metrics.ts";
import { searchLogs } from "./search-logs.ts";
import { top } from "./top.ts";
import { watchNamespace } from "./watch-namespace.ts";

export * from "./actions.ts";
export * from "./describe-metric.ts";
export * from "./diagnose.ts";
export * from "./event.ts";
export * from "./get-pod.ts";
export * from "./get-resource.ts";
export * from "./get-workload.ts";
export * from "./json-lines.ts";
export * from "./list-alerts.ts";
export * from "./list-events.ts";
export * from "./list-metrics.ts";
export * from "./list-namespaces.ts";
export * from "./list-nodes.ts";
export * from "./list-pods.ts";
export * from "./list-resources.ts";
export * from "./list-rules.ts";
export * from "./list-targets.ts";
export * from "./list-workloads.ts";
export * from "./log-patterns.ts";
export * from "./log-selection.ts";
export * from "./names.ts";
export * from "./prometheus-status.ts";
export * from "./proxy-error.ts";
export * from "./query-metrics-range.ts";
export * from "./query-metrics.ts";
export * from "./route.ts";
export * from "./search-logs.ts";
export * from "./series.ts";
export * from "./token.ts";
export * from "./top.ts";
export * from "./watch-namespace.ts";

/** Every route that answers once, by the name of its handler. */
export const ROUTES = {
  describeMetric,
  diagnose,
  getPod,
  getResource,
  getWorkload,
  listAlerts,
  listEvents,
  listMetrics,
  listNamespaces,
  listNodes,
  listPods,
  listResources,
  listRules,
  listTargets,
  listWorkloads,
  logPatterns,
  prometheusStatus,
  queryMetrics,
  queryMetricsRange,
  searchLogs,
  top,
} as const;

/** Every route whose answer is a stream. */
export const STREAMS = { watchNamespace } as const;
