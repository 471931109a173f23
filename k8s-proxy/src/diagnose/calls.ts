// The calls that a finding suggests: real ones, with arguments that their tools accept.
import type { Finding } from "../contract/index.ts";

type Call = Finding["suggested_calls"][number];

const KINDS = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

export function getPod(namespace: string, name: string): Call {
  return { tool: "k8s.get_pod", args: { namespace, name } };
}

/** Of all pods of a workload; of the lives before, where the present one may be too young to say anything. */
export function logs(namespace: string, workload: string, { previous = false } = {}): Call {
  const [kind = "", name = ""] = workload.split("/");
  const pod_pattern = kind === "Pod" ? name : `${name}-*`;
  return { tool: "logs.search", args: { namespace, pod_pattern, since: "1h", ...(previous && { previous }) } };
}

/** None for a pod that belongs to no workload. */
export function workload(namespace: string, object: string): readonly Call[] {
  const [kind = "", name = ""] = object.split("/");
  return KINDS.includes(kind) ? [{ tool: "k8s.get_workload", args: { namespace, kind, name } }] : [];
}

export function events(namespace: string, kind: string, name: string): Call {
  return { tool: "k8s.list_events", args: { namespace, kind, name } };
}

export function memoryOf(namespace: string, object: string): Call {
  const [, name = ""] = object.split("/");
  const query = `max by (pod) (container_memory_working_set_bytes{namespace="${namespace}", pod=~"${name}-.+", container!=""})`;
  return { tool: "prom.query_range", args: { query, start: "now-1h" } };
}

export function list(resource: string, namespace?: string): Call {
  return { tool: "k8s.list_resources", args: { resource, ...(namespace !== undefined && { namespace }) } };
}

export function nodes(): Call {
  return { tool: "k8s.list_nodes", args: {} };
}
