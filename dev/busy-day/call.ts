// One call of that day: what it asks, how long it takes, and how it ends.

import { sha256 } from "../../src/audit/record.ts";
import { pick } from "../cluster/random.ts";
import type { Entry } from "../../src/audit/record.ts";
import type { Part } from "./cast.ts";

export interface Moment {
  readonly atMs: number;
  readonly random: () => number;
  readonly uuid: () => string;
  /** From 0 to 1: how badly Prometheus does just now. */
  readonly trouble: number;
}

/** Milliseconds that half of the calls stay below. */
const MEDIAN_MS: Readonly<Record<string, number>> = {
  "k8s.diagnose": 240,
  "k8s.list_pods": 48,
  "k8s.list_workloads": 70,
  "logs.search": 190,
  "logs.patterns": 420,
  "prom.query_range": 160,
  "prom.query_simple": 34,
  "ctx.get": 9,
  "ctx.set": 11,
  "mcp.tools.list": 1,
};
const WORKLOADS = ["web", "checkout", "recommender", "search", "cart", "billing-worker", "ingest", "api"] as const;
const QUERIES = [
  "sum(rate(http_requests_total[5m])) by (service)",
  "histogram_quantile(0.99, sum(rate(http_request_duration_seconds_bucket[5m])) by (le))",
  "sum(container_memory_working_set_bytes) by (pod)",
  "kube_deployment_status_replicas_unavailable > 0",
] as const;
const CTX = /^ctx\.(set|delete)$/;

export function callOf(part: Part, { random, uuid, trouble }: Moment): readonly Entry[] {
  const tool = weighted(part.calls, random);
  const callId = uuid();
  const target = targetOf(part, tool, random);
  const traceId = random() < 0.3 ? sha256(callId).slice(0, 32) : undefined;
  const common = { callId, action: "tool.call", tool, target, era: part.era, traceId } as const;
  const params = paramsOf(tool, target, random);
  const ended = endingOf(tool, { random, trouble });
  const end: Entry = { ...common, phase: "outcome", ...ended, ...resultOf(ended, callId, random) };
  const isIntended = CTX.test(tool) && ended.decision === "allowed";
  if (!isIntended) return [{ ...end, params }];
  return [
    { ...common, phase: "intent", decision: "allowed", outcome: "pending", params },
    { ...end, commitMs: 2 },
  ];
}

type Ending = Pick<Entry, "decision" | "outcome" | "reason" | "durationMs" | "handlerMs" | "count">;

function endingOf(tool: string, { random, trouble }: Pick<Moment, "random" | "trouble">): Ending {
  const luck = random();
  const handlerMs = Math.round((MEDIAN_MS[tool] ?? 60) * Math.exp(1.1 * normal(random)));
  const timed = { handlerMs, durationMs: handlerMs + 1 + Math.floor(random() * 4) };
  const isMetrics = tool.startsWith("prom.");
  if (isMetrics && random() < trouble)
    return {
      decision: "allowed",
      outcome: "failed",
      reason: "upstream_timeout",
      durationMs: 15_001,
      handlerMs: 15_000,
    };
  if (luck < 0.006) return { decision: "refused", outcome: "refused", reason: "permission_denied", durationMs: 1 };
  if (luck < 0.012) return { decision: "refused", outcome: "refused", reason: "invalid_params", durationMs: 1 };
  if (luck < 0.015 + trouble * 0.06)
    return { decision: "refused", outcome: "refused", reason: "rate_limited", durationMs: 0 };
  if (luck < 0.0165 + trouble * 0.06)
    return { decision: "refused", outcome: "refused", reason: "rate_limited", count: 12 + Math.floor(random() * 240) };
  if (luck < 0.026) return { decision: "allowed", outcome: "failed", reason: "not_found", ...timed };
  if (luck < 0.031) return { decision: "allowed", outcome: "cancelled", reason: "cancelled", ...timed };
  if (luck < 0.034) return { decision: "allowed", outcome: "failed", reason: "upstream_unavailable", ...timed };
  return { decision: "allowed", outcome: "ok", ...timed };
}

function resultOf({ outcome }: Ending, callId: string, random: () => number): Pick<Entry, "result"> {
  if (outcome !== "ok") return {};
  return { result: { digest: sha256(callId), bytes: 200 + Math.floor(8_000 * random() * random()) } };
}

function targetOf({ clusters, namespaces }: Part, tool: string, random: () => number): Entry["target"] {
  if (/^(ctx|quota|mcp)\./.test(tool)) return undefined;
  const [first = "prod-eu", ...others] = clusters;
  const cluster = pick(random, [first, first, ...others]);
  if (/^prom\.|nodes$/.test(tool)) return { cluster };
  const [one = "shop", ...more] =
    namespaces.length > 0 ? namespaces : ["shop", "payments", "search", "ingress", "pipelines"];
  return { cluster, namespace: pick(random, [one, ...more]) };
}

function paramsOf(tool: string, target: Entry["target"], random: () => number): Readonly<Record<string, unknown>> {
  const workload = pick(random, WORKLOADS);
  if (tool.startsWith("prom.query")) return { query: pick(random, QUERIES), cluster: target?.cluster };
  if (tool.startsWith("ctx."))
    return { key: `incident/${workload}`, ...(tool === "ctx.set" && { value: { omitted: true, bytes: 412 } }) };
  if (tool.startsWith("logs.")) return { ...target, workload, query: "level=error" };
  if (/get_pod|diagnose/.test(tool))
    return { ...target, name: `${workload}-7c9d5f8b6d-${sha256(workload).slice(0, 5)}` };
  return { ...target, ...(tool === "k8s.get_workload" && { kind: "Deployment", name: workload }) };
}

function weighted(weights: Readonly<Record<string, number>>, random: () => number): string {
  const entries = Object.entries(weights);
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  return entries.find(([, weight]) => (left -= weight) <= 0)?.[0] ?? entries[0]?.[0] ?? "k8s.list_pods";
}

/** Box and Muller, which is what latencies look like on a logarithmic scale. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
