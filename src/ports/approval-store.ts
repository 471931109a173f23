// Where approvals and kill switches are kept. Each transition is one statement with its guard: of two at the same time one does nothing.

import type { Approval, Decision, KillSwitch } from "./approvals.ts";
import type { RunState } from "./runs.ts";
import type { TraceContext } from "../trace-context.ts";

/** What a decision makes of an approval. */
export interface Decided {
  readonly decision: Decision;
  readonly state: "requested" | "approved" | "rejected";
  readonly expiresAtMs: number;
  readonly endedAtMs: number | undefined;
}

/** The moment, and the revision that was looked at: a transition from any other does nothing. */
export interface AsOf {
  readonly revision: number;
  readonly nowMs: number;
}

/** What has been done under approvals of one runbook. */
export interface PastRuns {
  readonly runs: number;
  readonly failed: number;
  /** Of the runbook when it was run last. */
  readonly lastDigest: string | undefined;
}

/** What an approval is consumed for. */
export interface NewRun {
  readonly runId: string;
  readonly startAtMs: number;
  /** Of the call that consumes it. */
  readonly trace?: TraceContext | undefined;
}

export interface LastRun {
  readonly consumedAtMs: number;
  /** Undefined while it is under way. */
  readonly endedAtMs: number | undefined;
}

/**
 * Everything is synchronous. What comes back is what is written, judged by nobody: an approval past its time is
 * still `requested` here until `expire` says otherwise. Transitions answer undefined where their guard did not hold.
 */
export interface ApprovalStore {
  insert(approval: Approval): void;
  find(id: string): Approval | undefined;
  /** Requested and approved ones, soonest expiry first. */
  open(limit: number): readonly Approval[];
  /** Newest first. */
  ended(limit: number): readonly Approval[];
  /** When the open ones of a requester expire, soonest first. */
  expiriesOf(principalId: string): readonly number[];
  /** Ids of open ones whose time has come. */
  due(nowMs: number, limit: number): readonly string[];
  /** Of all that are open. */
  nextExpiryMs(): number | undefined;

  /** From requested, before its time. */
  decide(id: string, decided: Decided, asOf: AsOf): Approval | undefined;
  /** From requested or approved, before its time. */
  cancel(id: string, nowMs: number): Approval | undefined;
  /** From requested or approved, from its time on. */
  expire(id: string, nowMs: number): Approval | undefined;
  /** Counts one more while it is open; at `most` it is revoked. */
  mismatch(id: string, limit: { readonly most: number; readonly nowMs: number }): Approval | undefined;
  /** From approved, before its time. If nobody says `started` until `startAtMs`, its instance is to be made then. */
  consume(id: string, run: NewRun, asOf: AsOf): Approval | undefined;
  /** Only the first report of an end counts. */
  runEnded(runId: string, ended: { readonly state: RunState; readonly nowMs: number }): Approval | undefined;
  /** Ended ones, and their history with them. */
  prune(endedBeforeMs: number): void;

  /** Consumed approvals of which nobody knows whether their instance exists, and should by now. */
  unstarted(nowMs: number): readonly Approval[];
  nextStartMs(): number | undefined;
  /** `againAtMs` undefined: its instance is there. */
  started(id: string, againAtMs: number | undefined): void;

  /** Ids of the runs of a runbook that are under way. */
  running(runbookId: string): readonly string[];
  lastRun(of: Pick<Approval, "runbook" | "cluster" | "paramsDigest">): LastRun | undefined;
  /** Of all but this one, and nothing older than `sinceMs`. */
  past(of: Approval, sinceMs: number): PastRuns;
}

export interface SwitchStore {
  /** What is off. */
  all(): readonly KillSwitch[];
  /** False where it was off already. */
  off(killSwitch: KillSwitch): boolean;
  /** False where it was not off. */
  on(which: Pick<KillSwitch, "scope" | "name">): boolean;
}
