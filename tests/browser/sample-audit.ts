// A log of a working day: calls of agents and people, and the story of one approved run. Nobody's names.

import { HOSTILE, NOW } from "./samples.ts";
import type { AuditRow } from "../../console/src/audit/api.ts";
import type { Me } from "../../console/src/api/contract.ts";

export const AUDITOR: Me = {
  principal: { id: "access:auditor@example.com", kind: "human", roles: ["auditor"] },
  permissions: ["audit:read", "audit:read_payload"],
  csrf: "csrf-for-auditor",
  sign_in: "key",
  sign_out: true,
};

/** May read the rows, and no payload. */
export const READER: Me = { ...AUDITOR, permissions: ["audit:read"] };

export const eventId = (number: number): string => `0197a4c2-0000-7000-8000-${String(number).padStart(12, "0")}`;
export const at = (agoMs: number): string => new Date(NOW - agoMs).toISOString();

const ACTORS = [
  ["agent/incident-triage", "access:backend@example.com"],
  ["agent/cost-report", "access:platform@example.com"],
  ["agent/deploy-watch", "access:release@example.com"],
  ["access:oncall@example.com", undefined],
  ["agent/nightly-check", "access:platform@example.com"],
] as const;
const TOOLS = [
  "pod_logs",
  "list_resources",
  "query_metrics",
  "get_resource",
  "list_events",
  "search_logs",
  "scale_deployment",
];
const PLACES = [
  ["eu-prod-1", "shop"],
  ["eu-prod-1", "payments"],
  ["us-prod-2", "shop"],
  ["staging", "search"],
] as const;
const ENDS = ["ok", "ok", "ok", "ok", "ok", "ok", "failed", "ok", "refused", "ok", "ok", "cancelled", "ok"] as const;
const REASONS = {
  failed: ["upstream_timeout", "tool_failed", "upstream_unavailable"],
  refused: ["permission_denied", "rate_limited", "approval_required", "quota_exhausted"],
  cancelled: ["cancelled"],
} as const;

const pick = <T>(list: readonly T[], index: number): T => {
  const one = list[index % list.length];
  if (one === undefined) throw new Error("an empty list");
  return one;
};

/** The same for the same number. */
export function sampleRow(number: number, facts: Partial<AuditRow> = {}): AuditRow {
  const mixed = (number * 7_919 + 13) % 1_009;
  const [actor, principal] = pick(ACTORS, mixed);
  const [cluster, namespace] = pick(PLACES, mixed >> 2);
  const outcome = pick(ENDS, mixed);
  const reason = outcome === "ok" ? undefined : pick(REASONS[outcome], mixed >> 1);
  return {
    id: eventId(number),
    ts: at(number * 47_000 + mixed * 13),
    call_id: `call-${number}`,
    phase: "outcome",
    chain_id: `session-${mixed % 9}`,
    seq: 1_000 - (number % 1_000),
    actor,
    actor_type: actor.startsWith("agent") ? "agent" : "human",
    ...(principal === undefined ? {} : { on_behalf_of: principal }),
    key_id: "key_7f3a",
    session_id: `session-${mixed % 9}`,
    source_ip: "203.0.113.7",
    action: "tool.call",
    tool: pick(TOOLS, mixed >> 1),
    cluster,
    namespace,
    decision: outcome === "refused" ? "refused" : "allowed",
    policy_version: "2026-03-01",
    outcome,
    ...(reason === undefined ? {} : { reason }),
    duration_ms: outcome === "refused" ? 3 : 40 + ((mixed * 37) % 2_400),
    result_bytes: 812 + mixed * 9,
    result_digest: "9c".repeat(32),
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    has_payload: true,
    ...facts,
  };
}

/** As many as are asked for, newest first. */
export function sampleRows(count: number): readonly AuditRow[] {
  return Array.from({ length: count }, (_, number) => sampleRow(number + 1));
}

const RUN = {
  approval_id: "0197a4c2-8d31-7c55-9a10-000000000002",
  call_id: "call-rollback",
  session_id: "session-3",
  chain_id: "session-3",
  actor: "agent/incident-triage",
  actor_type: "agent",
  on_behalf_of: "access:backend@example.com",
  cluster: "eu-prod-1",
  namespace: "shop",
} as const;

const told = (number: number, agoMs: number, facts: Partial<AuditRow>): AuditRow => {
  const {
    tool: _,
    duration_ms: __,
    result_digest: ___,
    result_bytes: ____,
    reason: _____,
    ...bare
  } = sampleRow(number);
  return {
    ...bare,
    ...RUN,
    phase: "event",
    outcome: "ok",
    decision: "allowed",
    id: eventId(number),
    ts: at(agoMs),
    ...facts,
  };
};

const BY_ONCALL = { actor: "access:oncall@example.com", actor_type: "human" } as const;

/** A roll-back that somebody approved: oldest first. */
export const STORY: readonly AuditRow[] = [
  told(9_001, 412_300, { action: "tool.call", tool: "start_runbook", phase: "intent", outcome: "pending" }),
  told(9_002, 411_950, { action: "approval.requested" }),
  told(9_003, 286_410, { action: "approval.approved", ...BY_ONCALL }),
  told(9_004, 285_700, { action: "approval.consumed" }),
  told(9_005, 285_690, { action: "run.started" }),
  told(9_006, 279_200, { action: "run.step", tool: "k8s.get_workload", duration_ms: 212 }),
  told(9_007, 278_800, { action: "run.step", tool: "rollout_undo", phase: "intent", outcome: "pending" }),
  told(9_008, 276_100, { action: "run.step", tool: "rollout_undo", phase: "outcome", duration_ms: 2_702 }),
  told(9_009, 190_000, { action: "run.ended", duration_ms: 95_690 }),
];

export const ENDING: AuditRow = told(9_010, 189_400, {
  action: "tool.call",
  tool: "start_runbook",
  phase: "outcome",
  duration_ms: 222_900,
  result_bytes: 1_240,
});

/** Every text that somebody outside can choose. */
export const HOSTILE_ROW: AuditRow = sampleRow(9_500, {
  ts: at(30_000),
  actor: `agent/${HOSTILE}`,
  on_behalf_of: HOSTILE,
  tool: HOSTILE,
  cluster: HOSTILE,
  namespace: HOSTILE,
  reason: HOSTILE,
  session_id: HOSTILE,
  key_id: HOSTILE,
  call_id: HOSTILE,
  chain_id: HOSTILE,
  trace_id: HOSTILE,
  policy_version: "v".repeat(400),
});
