// What is so at this moment, from what the objects of the deployment say of themselves.

import type { EvidenceStatus } from "../ports/evidence.ts";
import type { Checked } from "../ports/health.ts";
import type { ApprovalCounts, Census, SinkStanding } from "../ports/metrics.ts";
import type { Gauge } from "./exposition.ts";
import type { GaugeName } from "./families.ts";

/** What a sink said longer ago than this says nothing about now: it would have been heard of since. */
const ACTIVE_MS = 60_000;
const OWED_MS = 5 * 60_000;

/** Undefined is what could not be asked for: its series are left out, and Prometheus shows a gap and no zero. */
export interface Facts {
  readonly nowMs: number;
  readonly version: string;
  readonly sinks: readonly SinkStanding[];
  readonly checks: readonly Checked[];
  readonly census: Census | undefined;
  readonly approvals: ApprovalCounts | undefined;
  readonly evidence: EvidenceStatus | undefined;
}

export function gaugesOf(facts: Facts): readonly Gauge[] {
  return [
    ...sessionGauges(facts),
    ...sinkGauges(facts),
    ...evidenceGauges(facts.evidence),
    ...approvalGauges(facts),
    ...facts.checks.flatMap(checkGauges),
    gauge("gatehouse_build_info", 1, facts.version),
  ];
}

/**
 * Live: whoever had rows reach Postgres, or opened, within the last minute; the larger of the two, for most that open
 * do something. The others are registered and asleep.
 */
export function sessionsOf({ census, sinks, nowMs }: Facts): { live: number; hibernated: number } | undefined {
  if (!census) return undefined;
  const active = sum(sinks, (sink) => (nowMs - sink.atMs < ACTIVE_MS ? sink.activeSessions : 0));
  const live = Math.min(census.registered, Math.max(active, census.opened));
  return { live, hibernated: census.registered - live };
}

export function backlogOf({ sinks, nowMs }: Facts): { readonly rows: number; readonly lagMs: number } {
  const owing = sinks.filter(({ atMs, backlogRows }) => backlogRows > 0 && nowMs - atMs < OWED_MS);
  const oldestMs = Math.min(nowMs, ...owing.flatMap((sink) => sink.oldestMs ?? []));
  return { rows: sum(owing, ({ backlogRows }) => backlogRows), lagMs: nowMs - oldestMs };
}

function sessionGauges(facts: Facts): readonly Gauge[] {
  const sessions = sessionsOf(facts);
  return Object.entries(sessions ?? {}).map(([state, value]) => gauge("gatehouse_sessions", value, state));
}

function sinkGauges(facts: Facts): readonly Gauge[] {
  const { sinks, nowMs, evidence } = facts;
  const { rows, lagMs } = backlogOf(facts);
  const lastInsertAtMs = sinks.reduce((last, sink) => Math.max(last, sink.lastInsertAtMs ?? 0), 0);
  const active = sum(sinks, (sink) => (nowMs - sink.atMs < ACTIVE_MS ? sink.activeChains : 0));
  return [
    gauge("gatehouse_audit_backlog_rows", rows),
    gauge("gatehouse_audit_lag_seconds", lagMs / 1_000),
    ...moment("gatehouse_audit_last_insert_timestamp_seconds", lastInsertAtMs === 0 ? undefined : lastInsertAtMs),
    gauge("gatehouse_audit_chains", active, "active"),
    ...(evidence?.lastRoot ? [gauge("gatehouse_audit_chains", evidence.lastRoot.chains, "sealed")] : []),
  ];
}

function evidenceGauges(evidence: EvidenceStatus | undefined): readonly Gauge[] {
  if (!evidence) return [];
  return [
    ...moment("gatehouse_audit_checkpoint_timestamp_seconds", evidence.lastCheckpointAtMs),
    ...moment("gatehouse_audit_verified_timestamp_seconds", evidence.verifiedUpToMs),
    gauge("gatehouse_audit_faults", evidence.faults.length),
    gauge("gatehouse_audit_quarantined_rows", evidence.quarantined),
  ];
}

function approvalGauges({ approvals, nowMs }: Facts): readonly Gauge[] {
  if (!approvals) return [];
  const waitedMs = Math.max(0, nowMs - (approvals.oldestWaitingMs ?? nowMs));
  return [
    ...Object.entries(approvals.states).map(([state, value]) => gauge("gatehouse_approvals", value, state)),
    gauge("gatehouse_approvals_oldest_waiting_seconds", waitedMs / 1_000),
  ];
}

function checkGauges({ name, kind, ok, latencyMs }: Checked): readonly Gauge[] {
  return [
    gauge("gatehouse_upstream_up", ok ? 1 : 0, name, kind),
    gauge("gatehouse_upstream_latency_seconds", latencyMs / 1_000, name, kind),
  ];
}

function gauge(name: GaugeName, value: number, ...labels: readonly string[]): Gauge {
  return { name, labels, value };
}

function moment(name: GaugeName, atMs: number | undefined): readonly Gauge[] {
  return atMs === undefined ? [] : [gauge(name, atMs / 1_000)];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
