// What the parts of a filter are called.

import type { AuditFacet, AuditTime } from "./filtering.ts";
import type { AuditRange } from "../../../src/http/console/contract/audit-filter.ts";
import { sayMoment } from "../parts/clock.ts";

export const FACETS = {
  actor: { title: "Actor", hint: "agent/incident-triage" },
  tool: { title: "Tool", hint: "k8s.list_pods" },
  action: { title: "Action", hint: "tool.call" },
  outcome: { title: "Outcome", hint: "refused" },
  reason: { title: "Reason", hint: "permission_denied" },
  session: { title: "Session", hint: "the id of a session" },
  cluster: { title: "Cluster", hint: "eu-prod-1" },
  namespace: { title: "Namespace", hint: "shop" },
  approval: { title: "Approval", hint: "the id of a request" },
  call: { title: "Call", hint: "the id of a call" },
  trace: { title: "Trace", hint: "the 32 digits of a trace id" },
  key: { title: "Key", hint: "the id of a key" },
} as const satisfies Record<AuditFacet, { title: string; hint: string }>;

export const RANGES = [
  ["15m", "15 min", "the last 15 minutes"],
  ["1h", "1 h", "the last hour"],
  ["6h", "6 h", "the last 6 hours"],
  ["24h", "24 h", "the last 24 hours"],
  ["7d", "7 d", "the last 7 days"],
  ["30d", "30 d", "the last 30 days"],
  ["90d", "90 d", "the last 90 days"],
] as const satisfies readonly (readonly [AuditRange, string, string])[];

/** `the last 24 hours`, `12 Mar, 14:00:00 – 15:00:00`. */
export function sayTimeOf(time: AuditTime, nowMs: number): string {
  if ("last" in time) return RANGES.find(([range]) => range === time.last)?.[2] ?? time.last;
  return `${sayMoment(new Date(time.fromMs).toISOString(), nowMs)} – ${sayMoment(new Date(time.toMs).toISOString(), nowMs)}`;
}
