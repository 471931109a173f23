// Every metric of the deployment: its name, what it says, its labels. docs/metrics.md explains them.

export interface Family {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Of its one label: there from the beginning, for a rate needs a zero to rise from. */
  readonly values?: readonly string[];
}

/** What is counted, and so kept. The values of all labels are ours: no caller can invent one. */
export const COUNTERS = {
  gatehouse_calls_total: {
    type: "counter",
    help: "Tool calls that ended, by how; refusals among them.",
    labels: ["tool", "outcome", "era"],
  },
  gatehouse_call_duration_seconds: {
    type: "histogram",
    help: "How long calls took: in all, waiting upstream, until an intent was durable, and the rest.",
    labels: ["stage", "le"],
  },
  gatehouse_refusals_total: {
    type: "counter",
    help: "What was refused: calls, messages, and requests at the door.",
    labels: ["reason"],
  },
  gatehouse_audit_rows_total: { type: "counter", help: "Rows of the audit log that reached PostgreSQL.", labels: [] },
  gatehouse_audit_inserts_total: {
    type: "counter",
    help: "Statements that insert audit rows, by how they ended.",
    labels: ["result"],
    values: ["ok", "failed", "refused"],
  },
  gatehouse_quota_leases_total: {
    type: "counter",
    help: "Leases of quota that sessions asked for.",
    labels: ["result"],
    values: ["granted", "refused"],
  },
} as const satisfies Readonly<Record<string, Family>>;

export type CounterName = keyof typeof COUNTERS;

/** What is so at the moment of a scrape. */
export const GAUGES = {
  gatehouse_sessions: {
    type: "gauge",
    help: "Registered sessions: live in the last minute, or not.",
    labels: ["state"],
  },
  gatehouse_audit_backlog_rows: {
    type: "gauge",
    help: "Rows that the sinks were given and that are not in PostgreSQL.",
    labels: [],
  },
  gatehouse_audit_lag_seconds: {
    type: "gauge",
    help: "Age of the oldest row that the sinks were given and that is not in PostgreSQL; 0 without one.",
    labels: [],
  },
  gatehouse_audit_last_insert_timestamp_seconds: {
    type: "gauge",
    help: "When rows last reached PostgreSQL.",
    labels: [],
  },
  gatehouse_audit_chains: {
    type: "gauge",
    help: "Chains: active, with rows in the last minute, and sealed in the last daily root.",
    labels: ["state"],
  },
  gatehouse_audit_checkpoint_timestamp_seconds: {
    type: "gauge",
    help: "When a chain head was last signed.",
    labels: [],
  },
  gatehouse_audit_verified_timestamp_seconds: {
    type: "gauge",
    help: "Everything that had reached PostgreSQL by then was verified.",
    labels: [],
  },
  gatehouse_audit_faults: { type: "gauge", help: "Faults that the verification found and still lists.", labels: [] },
  gatehouse_audit_quarantined_rows: { type: "gauge", help: "Rows put aside that PostgreSQL refused.", labels: [] },
  gatehouse_approvals: { type: "gauge", help: "Approvals on record, by state.", labels: ["state"] },
  gatehouse_approvals_oldest_waiting_seconds: {
    type: "gauge",
    help: "How long the oldest undecided approval has waited; 0 without one.",
    labels: [],
  },
  gatehouse_upstream_up: {
    type: "gauge",
    help: "Whether what the deployment depends on answered when it was last asked.",
    labels: ["upstream", "kind"],
  },
  gatehouse_upstream_latency_seconds: {
    type: "gauge",
    help: "How long it took to answer.",
    labels: ["upstream", "kind"],
  },
  gatehouse_build_info: { type: "gauge", help: "1, with the version that runs.", labels: ["version"] },
} as const satisfies Readonly<Record<string, Family>>;

export type GaugeName = keyof typeof GAUGES;

/** Upper bounds in seconds; `+Inf` comes after them. */
export const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
export const STAGES = ["engine", "upstream", "audit", "total"] as const;
