// The catalogue. Adding a tool is its file and its line here.

import { auditSearch } from "./audit-search.ts";
import { ctxDelete } from "./ctx-delete.ts";
import { ctxGet } from "./ctx-get.ts";
import { ctxList } from "./ctx-list.ts";
import { ctxSet } from "./ctx-set.ts";
import { k8sDiagnose } from "./k8s-diagnose.ts";
import { k8sGetPod } from "./k8s-get-pod.ts";
import { k8sGetResource } from "./k8s-get-resource.ts";
import { k8sGetWorkload } from "./k8s-get-workload.ts";
import { k8sListEvents } from "./k8s-list-events.ts";
import { k8sListNamespaces } from "./k8s-list-namespaces.ts";
import { k8sListNodes } from "./k8s-list-nodes.ts";
import { k8sListPods } from "./k8s-list-pods.ts";
import { k8sListResources } from "./k8s-list-resources.ts";
import { k8sListWorkloads } from "./k8s-list-workloads.ts";
import { k8sTop } from "./k8s-top.ts";
import { k8sWatchNamespace } from "./k8s-watch-namespace.ts";
import { logsPatterns } from "./logs-patterns.ts";
import { logsSearch } from "./logs-search.ts";
import { mcpToolsList } from "./mcp-tools-list.ts";
import { promDescribeMetric } from "./prom-describe-metric.ts";
import { promListAlerts } from "./prom-list-alerts.ts";
import { promListMetrics } from "./prom-list-metrics.ts";
import { promListRules } from "./prom-list-rules.ts";
import { promListTargets } from "./prom-list-targets.ts";
import { promQueryRange } from "./prom-query-range.ts";
import { promQuerySimple } from "./prom-query-simple.ts";
import { promStatus } from "./prom-status.ts";
import { quotaGet } from "./quota-get.ts";
import { runbookCancel } from "./runbook-cancel.ts";
import { runbookExecute } from "./runbook-execute.ts";
import { runbookGetRun } from "./runbook-get-run.ts";
import { runbookList } from "./runbook-list.ts";
import { runbookPreview } from "./runbook-preview.ts";
import { runbookRequestApproval } from "./runbook-request-approval.ts";
import { toolsConfigure } from "./tools-configure.ts";
import type { Tool } from "../tool/tool.ts";

export const tools: readonly Tool[] = [
  auditSearch,
  ctxDelete,
  ctxGet,
  ctxList,
  ctxSet,
  k8sDiagnose,
  k8sGetPod,
  k8sGetResource,
  k8sGetWorkload,
  k8sListEvents,
  k8sListNamespaces,
  k8sListNodes,
  k8sListPods,
  k8sListResources,
  k8sListWorkloads,
  k8sTop,
  k8sWatchNamespace,
  logsPatterns,
  logsSearch,
  mcpToolsList,
  promDescribeMetric,
  promListAlerts,
  promListMetrics,
  promListRules,
  promListTargets,
  promQueryRange,
  promQuerySimple,
  promStatus,
  quotaGet,
  runbookCancel,
  runbookExecute,
  runbookGetRun,
  runbookList,
  runbookPreview,
  runbookRequestApproval,
  toolsConfigure,
];
