// LEAD 06:32, TO BE REMOVED: two engineers are on the same task. Engineer 8 ("second start", owner of api-template/api-workload as they stand) does ONLY k8s.list_workloads and k8s.get_workload. Engineer 9 ("third start") does ONLY k8s.list_resources and k8s.get_resource. Whoever finds the other has written a file: leave it as it is.
// What the Worker and the proxy say to each other: every route's request and response, and the token that carries both.
import { diagnose } from "./diagnose.ts";
import { describeMetric } from "./describe-metric.ts";
import { listAlerts } from "./list-alerts.ts";
import { listMetrics } from "./list-metrics.ts";
import { getPod } from "./get-pod.ts";
import { listEvents } from "./list-events.ts";
import { listNamespaces } from "./list-namespaces.ts";
import { listNodes } from "./list-nodes.ts";
import { top } from "./top.ts";
import { listPods } from "./list-pods.ts";
import { listRules } from "./list-rules.ts";
import { listTargets } from "./list-targets.ts";
import { prometheusStatus } from "./prometheus-status.ts";
import { queryMetricsRange } from "./query-metrics-range.ts";
import { queryMetrics } from "./query-metrics.ts";

export * from "./diagnose.ts";
export * from "./describe-metric.ts";
export * from "./list-alerts.ts";
export * from "./list-metrics.ts";
export * from "./list-pods.ts";
export * from "./list-rules.ts";
export * from "./list-targets.ts";
export * from "./event.ts";
export * from "./get-pod.ts";
export * from "./list-events.ts";
export * from "./list-namespaces.ts";
export * from "./list-nodes.ts";
export * from "./top.ts";
export * from "./names.ts";
export * from "./prometheus-status.ts";
export * from "./proxy-error.ts";
export * from "./query-metrics-range.ts";
export * from "./query-metrics.ts";
export * from "./route.ts";
export * from "./series.ts";
export * from "./token.ts";

/** Every route there is, by the name of its handler. */
export const ROUTES = {
  listPods,
  diagnose,
  top,
  listNodes,
  listNamespaces,
  listEvents,
  getPod,
  describeMetric,
  listAlerts,
  listMetrics,
  listRules,
  listTargets,
  prometheusStatus,
  queryMetricsRange,
  queryMetrics,
} as const;