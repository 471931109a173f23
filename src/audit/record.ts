// One line of the audit log: who did what, where, when, and how it ended.

import { hash } from "node:crypto";
import type { Caller } from "../access/principal.ts";
import type { Target } from "../access/grant.ts";
import type { Phase } from "../ports/journal-store.ts";

/** What stays the same for every record of a session. */
export interface Actor {
  readonly caller: Caller;
  readonly sessionId: string;
  readonly sourceIp: string | undefined;
  readonly policyVersion: string;
  /** The approval under which it happens: joins request, decision, redemption and every step of the run. */
  readonly approvalId?: string | undefined;
}

/** `unknown`: begun, and nobody can say whether it took effect. */
export type Outcome = "ok" | "failed" | "refused" | "cancelled" | "unknown" | "pending";

/** What is recorded of one step of one call. */
export interface Entry {
  readonly callId: string;
  readonly phase: Phase;
  readonly action:
    | "tool.call"
    | "message"
    | "refusals"
    | "auth.refresh"
    | `approval.${string}`
    | `run.${string}`
    | `switch.${string}`
    | `audit.${string}`
    | `session.${string}`
    | `key.${string}`;
  readonly tool?: string | undefined;
  readonly target?: Target | undefined;
  readonly decision: "allowed" | "refused";
  readonly outcome: Outcome;
  /** The stable name of the failure, as the caller saw it in `data.reason`. */
  readonly reason?: string | undefined;
  readonly durationMs?: number | undefined;
  /** Of `durationMs`: inside the handler, which is waiting for clusters and stores; and until an intent was durable. */
  readonly handlerMs?: number | undefined;
  readonly commitMs?: number | undefined;
  /** In which dialect it was asked. */
  readonly era?: string | undefined;
  /** W3C trace id (32 hex digits). */
  readonly traceId?: string | undefined;
  /** Redacted and capped already. */
  readonly params?: unknown;
  readonly paramsDigest?: string | undefined;
  /** The result itself is never kept: its digest proves what was answered, its size what it cost. */
  readonly result?: { readonly digest: string; readonly bytes: number } | undefined;
  /** More than one where refusals were counted instead of written one by one. */
  readonly count?: number | undefined;
  /** Where the call itself is about one; else the actor's. */
  readonly approvalId?: string | undefined;
}

/** Where and when a record stands in its chain. */
export interface Position {
  readonly eventId: string;
  readonly chainId: string;
  readonly seq: number;
  readonly nowMs: number;
}

/**
 * The text that is hashed, stored and drained as it is. Its keys are the columns of `audit_logs`, and a few more that only
 * this text keeps; absent ones are left out. PostgreSQL's `jsonb` refuses NUL and lone surrogates, so whatever a caller can choose was cleaned before.
 */
export function writeRecord(entry: Entry, actor: Actor, { eventId, chainId, seq, nowMs }: Position): string {
  const { caller } = actor;
  const isKnown = caller.kind !== "anonymous";
  return JSON.stringify({
    event_id: eventId,
    ts: new Date(nowMs).toISOString(),
    call_id: entry.callId,
    phase: entry.phase,
    chain_id: chainId,
    seq,
    actor_type: caller.kind,
    actor_id: isKnown ? caller.id : "anonymous",
    on_behalf_of: isKnown ? caller.onBehalfOf : undefined,
    key_id: isKnown && caller.credential.kind === "key" ? caller.credential.id : undefined,
    session_id: actor.sessionId,
    source_ip: actor.sourceIp,
    action: entry.action,
    tool: entry.tool,
    cluster: entry.target?.cluster,
    namespace: entry.target?.namespace,
    decision: entry.decision,
    policy_version: actor.policyVersion,
    approval_id: entry.approvalId ?? actor.approvalId,
    outcome: entry.outcome,
    reason: entry.reason,
    duration_ms: entry.durationMs,
    handler_ms: entry.handlerMs,
    commit_ms: entry.commitMs,
    era: entry.era,
    trace_id: entry.traceId,
    params: entry.params,
    params_digest: entry.paramsDigest,
    result_digest: entry.result?.digest,
    result_bytes: entry.result?.bytes,
    count: entry.count,
  });
}

/** A record written once more, at another place in the chain and with what has become known since. */
export function rewriteRecord(text: string, changes: object, { eventId, chainId, seq, nowMs }: Position): string {
  const record: unknown = JSON.parse(text);
  if (typeof record !== "object" || record === null) throw new Error("a record in the journal is not an object");
  const position = { event_id: eventId, ts: new Date(nowMs).toISOString(), chain_id: chainId, seq };
  return JSON.stringify({ ...record, ...position, ...changes });
}

/** The link: SHA-256 of the previous hash (hex) followed by the record. The first link builds on the chain's own name. */
export function link(prevHash: string, record: string): string {
  return sha256(prevHash + record);
}

/** Synchronous on purpose: an `await` here would let a second record build on the same predecessor. */
export function sha256(text: string): string {
  return hash("sha256", text);
}
