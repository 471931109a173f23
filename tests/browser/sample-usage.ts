// A working day in numbers: busy by day, quiet by night, with an hour in which a cluster did not answer.

import { Health as HealthContract, Usage as UsageContract } from "../../src/http/console/contract/usage.ts";
import { parseAuditFilter, spanOf } from "../../src/http/console/contract/audit-filter.ts";
import { at } from "./sample-audit.ts";
import { NOW } from "./samples.ts";
import type { Health, Usage } from "../../console/src/usage/api.ts";
import type { ScriptedApi } from "./scripted-api.ts";

const BUCKETS = 96;
const DAY_MS = 86_400_000;

function bucket(index: number): Usage["series"][number] {
  const hour = (14 + index / 4) % 24;
  const wobble = ((index * 7_919) % 101) / 101;
  const calls = Math.round((hour > 7 && hour < 19 ? 420 : 60) * (0.7 + 0.6 * wobble));
  const isOutage = index >= 70 && index < 75;
  const p50 = 60 + 50 * wobble;
  return {
    at: new Date(NOW - DAY_MS + index * 900_000).toISOString(),
    calls,
    failed: Math.round(calls * (isOutage ? 0.31 : 0.012)),
    refused: Math.round(calls * 0.03 * wobble),
    p50_ms: p50,
    p95_ms: p50 * (isOutage ? 22 : 6),
    p99_ms: p50 * (isOutage ? 70 : 14),
  };
}

const numbers = (calls: number, failed: number, refused: number, p50: number) => ({
  calls,
  failed,
  refused,
  p50_ms: p50,
  p95_ms: p50 * 5.2,
  p99_ms: p50 * 11.4,
});

const quota = (used: number, limit: number) => ({ limit, used, period: "day", resets_at: at(-36_000_000) });

const SERIES = Array.from({ length: BUCKETS }, (_, index) => bucket(index));
const sum = (of: "calls" | "failed" | "refused") => SERIES.reduce((total, one) => total + one[of], 0);

export const USAGE: Usage = {
  from: at(DAY_MS),
  to: at(0),
  bucket_s: 900,
  total: { ...numbers(sum("calls"), sum("failed"), sum("refused"), 84), principals: 14, sessions: 132 },
  series: SERIES,
  by_tool: [
    { tool: "pod_logs", ...numbers(6_214, 102, 31, 121) },
    { tool: "query_metrics", ...numbers(5_120, 44, 12, 96) },
    { tool: "list_resources", ...numbers(4_877, 8, 4, 58) },
    { tool: "get_resource", ...numbers(3_310, 5, 0, 41) },
    { tool: "search_logs", ...numbers(1_204, 61, 18, 412) },
    { tool: "scale_deployment", ...numbers(87, 2, 41, 310) },
    { tool: "start_runbook", ...numbers(19, 1, 6, 2_210) },
  ],
  by_principal: [
    { id: "agent/incident-triage", ...numbers(8_410, 120, 44, 92), quota: quota(8_410, 10_000) },
    { id: "agent/deploy-watch", ...numbers(6_022, 61, 12, 80), quota: quota(6_022, 20_000) },
    { id: "agent/cost-report", ...numbers(4_991, 30, 61, 71), quota: quota(5_000, 5_000) },
    { id: "agent/nightly-check", ...numbers(1_212, 9, 0, 66), quota: "not_reached" },
    { id: "access:oncall@example.com", ...numbers(196, 3, 2, 103), quota: "no_key" },
  ],
  refusals: [
    { reason: "rate_limited", count: 61 },
    { reason: "approval_required", count: 41 },
    { reason: "permission_denied", count: 18 },
    { reason: "quota_exhausted", count: 9 },
  ],
};

const check = (name: string, kind: Health["checks"][number]["kind"], latency: number) => ({
  name,
  kind,
  ok: true,
  latency_ms: latency,
  checked_at: at(20_000),
});

export const HEALTH: Health = {
  ready: true,
  status: "degraded",
  checks: [
    check("redis", "redis", 3),
    check("postgres", "postgres", 11),
    check("eu-prod-1", "cluster", 24),
    { ...check("us-prod-2", "cluster", 5_000), ok: false, reason: "It did not answer within 5 s: look at its tunnel." },
    check("staging", "cluster", 31),
  ],
  audit: { backlog_rows: 214, lag_s: 1.8 },
  sessions: { live: 37, hibernated: 95 },
  approvals_waiting: 3,
};

export class ScriptedUsage {
  usage: Usage = USAGE;
  health: Health = HEALTH;
  /** The queries as they came. */
  readonly asked: string[] = [];

  constructor(api: ScriptedApi) {
    api.answers.set("GET usage", ({ query }) => {
      this.asked.push(query.toString());
      const filter = parseAuditFilter(query);
      if ("message" in filter) throw new Error(`the page asked with ${query.toString()}`);
      const { fromMs, toMs } = spanOf(filter.time, NOW);
      const series = this.usage.series.filter(({ at: ts }) => Date.parse(ts) >= fromMs && Date.parse(ts) < toMs);
      return UsageContract().parse({ ...this.usage, series });
    });
    api.answers.set("GET health", () => HealthContract().parse(this.health));
  }
}
