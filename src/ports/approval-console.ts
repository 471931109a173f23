// The approval desk from the other side: as those who decide see it.

import type { Target } from "../access/grant.ts";
import type { Principal } from "../access/principal.ts";
import type { Result } from "../result.ts";
import type { Approval, ApprovalRefusal, Asked, Decision, KillSwitch } from "./approvals.ts";
import type { UpstreamFailure } from "./failure.ts";

/** Written by the Worker, which has authenticated whoever opens a live socket: until when it may stay. */
export const LIVE_UNTIL_HEADER = "x-gatehouse-live-until";

/** Somebody at the console, as the Worker has authenticated them for this one request. */
export interface Visitor {
  readonly principal: Principal;
  /** When they signed in, where that is known. */
  readonly authenticatedAtMs?: number | undefined;
  readonly sourceIp?: string | undefined;
}

/** `revision` and `planDigest` are what its author had before them. */
export interface Deciding {
  readonly id: string;
  readonly by: Principal;
  readonly authenticatedAtMs?: number | undefined;
  readonly sourceIp?: string | undefined;
  readonly verdict: Decision["verdict"];
  readonly reason?: string | undefined;
  readonly revision: number;
  readonly planDigest: string;
}

/** Nothing was written down: so nothing may be done, or answered. */
export interface NotNoted {
  readonly kind: "audit_backpressure";
}

export interface Flipping {
  readonly scope: KillSwitch["scope"];
  readonly name: string;
  readonly on: boolean;
  readonly reason: string;
  readonly by: Principal;
  readonly sourceIp?: string | undefined;
}

export interface ReasonRequired {
  readonly kind: "reason_required";
  readonly message: string;
}

export type NotDecided = ApprovalRefusal | ReasonRequired | UpstreamFailure;

/** What is known of a runbook besides the request itself. */
export interface Past {
  /** It was published anew since it was run last. */
  readonly changedSinceLast: boolean;
  readonly runs: number;
  readonly failed: number;
}

export type Filed = Approval & { readonly past: Past };

/** What somebody did at the console, or was refused, that is no approval: one line of the audit log. */
export interface Note {
  readonly action: `audit.${string}` | `session.${string}` | `key.${string}`;
  /** Joins the lines of one act; left out where one line says it all. */
  readonly callId?: string | undefined;
  readonly target?: Target | undefined;
  /** Left out: `ok`. Of `refused` many of a kind are counted. */
  readonly outcome?: "ok" | "failed" | "refused" | "pending" | undefined;
  /** The stable name of why it was refused, or failed. */
  readonly reason?: string | undefined;
  /** Redacted and capped before they are written. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export interface ConsoleDesk {
  /** Open ones soonest expiry first, ended ones newest first. */
  list(asked: { readonly state: "open" | "ended"; readonly limit: number }): Promise<readonly Filed[]>;
  find(id: string): Promise<Filed | undefined>;
  decide(deciding: Deciding): Promise<Result<Approval, NotDecided>>;
  /** Answers what is off. */
  flip(flipping: Flipping): Promise<Result<readonly KillSwitch[], NotDecided>>;
  switches(): Asked<readonly KillSwitch[]>;
  /** Asks a run to stop between two steps. */
  stopRun(runId: string, visitor: Visitor): Asked<undefined>;
  /** Resolves when the line would survive a crash: whoever answers or acts only then has a record of it. */
  note(note: Note, visitor: Visitor): Promise<Result<undefined, NotNoted>>;
}
