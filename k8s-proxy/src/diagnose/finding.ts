// What a rule says, before findings that say the same of several objects are put together.
import { SEVERITIES } from "../contract/index.ts";

import type { Finding } from "../contract/index.ts";

/** Every code there is, and how bad it is. */
export const SEVERITY = {
  CrashLoopBackOff: "critical",
  OOMKilled: "critical",
  InitContainerFailing: "critical",
  ImagePullFailing: "critical",
  ErrImageNeverPull: "critical",
  InvalidImageName: "critical",
  CreateContainerConfigError: "critical",
  RunContainerError: "critical",
  LivenessProbeFailing: "critical",
  StartupProbeFailing: "critical",
  Unschedulable: "critical",
  StuckRollout: "critical",
  ReplicaFailure: "critical",
  QuotaExceeded: "critical",
  LimitRangeViolation: "critical",
  ServiceWithoutEndpoints: "critical",
  NodeNotReady: "critical",
  PodFailed: "critical",
  ReadinessProbeFailing: "warning",
  NotReady: "warning",
  ContainerStuckCreating: "warning",
  VolumeMountFailed: "warning",
  StuckTerminating: "warning",
  Evicted: "warning",
  DeadlineExceeded: "warning",
  JobFailed: "warning",
  CronJobFailing: "warning",
  PVCPending: "warning",
  PVCLost: "critical",
  ServiceSelectsNothing: "warning",
  HPATargetMissing: "warning",
  HPACannotScale: "warning",
  HPAMetricsMissing: "warning",
  HPASaturated: "warning",
  PDBBlocksEviction: "warning",
  NodePressure: "warning",
  AlertFiring: "warning",
  RestartsHigh: "warning",
  QuotaNearlyFull: "info",
  SchedulingGated: "info",
  NodeCordoned: "info",
  CronJobSuspended: "info",
  RolloutPaused: "info",
  ScaledToZero: "info",
} as const satisfies Record<string, Finding["severity"]>;

export type Code = keyof typeof SEVERITY;
type Call = Finding["suggested_calls"][number];

export interface Found {
  readonly code: Code;
  readonly object: string;
  /** Findings of one code and one group are one: the workload and the cause they share. */
  readonly group: string;
  readonly summary: string;
  readonly evidence: readonly (string | undefined)[];
  readonly calls: readonly Call[];
}

const MAX_EVIDENCE = 5;
const MAX_CALLS = 3;

/** The worst first, then what concerns the most objects; one finding for all objects that share code and group. */
export function toFindings(found: readonly Found[]): readonly Finding[] {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const key = `${one.code} ${one.group}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map(toFinding).toSorted(byUrgency);
}

function toFinding(group: readonly Found[]): Finding {
  const [first] = group;
  if (!first) throw new Error("a group has a member");
  const others = group.slice(1, 4).map(({ object }) => object);
  const more = group.length > 1 ? [`the same: ${others.join(", ")}${group.length > 4 ? ", …" : ""}`] : [];
  const evidence = first.evidence.filter((line) => line !== undefined);
  return {
    severity: SEVERITY[first.code],
    code: first.code,
    object: first.object,
    count: group.length,
    summary: first.summary,
    evidence: [...new Set([...evidence.slice(0, MAX_EVIDENCE), ...more])],
    suggested_calls: distinct(first.calls).slice(0, MAX_CALLS),
  };
}

function distinct(calls: readonly Call[]): Call[] {
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}

function byUrgency(one: Finding, other: Finding): number {
  return SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || other.count - one.count;
}
