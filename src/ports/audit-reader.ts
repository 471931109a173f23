// The audit log to be read: only ever the rows that whoever asks may see.

import type { Grant } from "../access/grant.ts";
import type { Scope } from "../access/policy.ts";
import type { Result } from "../result.ts";
import type { AuditRow } from "./audit-row.ts";
import type { UpstreamFailure } from "./failure.ts";

/** What rows can be chosen by. */
export type AuditField =
  | "actor"
  | "tool"
  | "action"
  | "outcome"
  | "reason"
  | "session"
  | "cluster"
  | "namespace"
  | "approval"
  | "call"
  | "trace"
  | "key";

/** Where a grant reaches, and whose it is. A row of no cluster needs a grant of everything, one's own rows none. */
export interface AuditSight {
  readonly principalId: string;
  readonly scopes: readonly Scope[];
}

/** Of the permission that the question needs. */
export function sightOf({ principal, scopes }: Pick<Grant, "principal" | "scopes">): AuditSight {
  return { principalId: principal.id, scopes };
}

/** What belongs to no place, and what belongs to all of them, is for nobody else but whose it is. */
export function seesEverything({ scopes }: Pick<AuditSight, "scopes">): boolean {
  return scopes.some(({ clusters, namespaces }) => clusters.includes("*") && namespaces.includes("*"));
}

/** Rows of a time (from inclusive, to exclusive) whose fields have one of the values; `approval` and `call` hold UUIDs. */
export interface AuditQuestion {
  readonly fromMs: number;
  readonly toMs: number;
  readonly where: Readonly<Partial<Record<AuditField, readonly string[]>>>;
  readonly sight: AuditSight;
}

/** Of one row: its `ts` says in which partition it is. */
export interface AuditPosition {
  readonly tsMs: number;
  readonly id: string;
}

export interface AuditTally {
  readonly ok: number;
  readonly failed: number;
  readonly refused: number;
  readonly other: number;
}

export interface AuditSums {
  /** Intents are not counted: each has its outcome. */
  readonly total: number;
  readonly bucketS: number;
  /** Every bucket, oldest first. */
  readonly histogram: readonly (AuditTally & { readonly atMs: number })[];
  /** The ten most frequent values of each; `call` and `trace` are left out, for no value of theirs is frequent. */
  readonly facets: Readonly<Partial<Record<AuditField, readonly { readonly value: string; readonly count: number }[]>>>;
}

/** Of tool calls. The times are of those that were run, null where none was. */
export interface UsageCounts {
  readonly calls: number;
  readonly failed: number;
  readonly refused: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
}

export interface AuditUsage {
  readonly bucketS: number;
  readonly total: UsageCounts & { readonly principals: number; readonly sessions: number };
  readonly series: readonly (UsageCounts & { readonly atMs: number })[];
  /** Both the most called first, at most 50. */
  readonly byTool: readonly (UsageCounts & { readonly tool: string })[];
  readonly byPrincipal: readonly (UsageCounts & { readonly id: string })[];
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
}

export interface AuditFound {
  readonly row: AuditRow;
  /** Of the same call and of the same approval, oldest first, at most 200. */
  readonly timeline: readonly AuditRow[];
  readonly prevHash: string;
  readonly hash: string;
  readonly intact: "intact" | "broken" | "predecessor_not_found";
  readonly checkpoint: { readonly seq: number; readonly ts: string; readonly kid: string } | undefined;
}

export interface AuditContent {
  readonly id: string;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
  readonly params: unknown;
  readonly paramsDigest: string | undefined;
  /** The JSON text that was hashed. */
  readonly record: string;
}

export interface AuditReader {
  /** Newest first, behind `after`; `next` where there are more. */
  search(
    asked: AuditQuestion & { readonly limit: number; readonly after?: AuditPosition | undefined },
    signal: AbortSignal,
  ): Asked<{ readonly rows: readonly AuditRow[]; readonly next: AuditPosition | undefined }>;
  summary(asked: AuditQuestion, signal: AbortSignal): Asked<AuditSums>;
  usage(asked: AuditQuestion, signal: AbortSignal): Asked<AuditUsage>;
  /** Undefined for what is not there, and just so for what may not be seen. */
  event(at: AuditPosition, sight: AuditSight, signal: AbortSignal): Asked<AuditFound | undefined>;
  payload(at: AuditPosition, sight: AuditSight, signal: AbortSignal): Asked<AuditContent | undefined>;
  /** Rows that the log could not take. */
  quarantined(signal: AbortSignal): Asked<number>;
}

type Asked<T> = Promise<Result<T, UpstreamFailure>>;
