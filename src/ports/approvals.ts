// Approvals: who may ask for one, who may give it, and what becomes of it. One object of the deployment is the authority.

import * as z from "zod";
import { Principal } from "../access/principal.ts";
import { once } from "../once.ts";
import { Plan } from "./plan.ts";
import type { Result } from "../result.ts";
import type { TraceContext } from "../trace-context.ts";
import type { UpstreamFailure } from "./failure.ts";

/** requested → approved | rejected | expired | cancelled | revoked; approved → consumed | expired | cancelled | revoked. */
export const APPROVAL_STATES = [
  "requested",
  "approved",
  "rejected",
  "expired",
  "cancelled",
  /** Presented three times with something other than what was approved. */
  "revoked",
  "consumed",
] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export const Decision = once(() =>
  z.strictObject({
    /** The principal's id. */
    by: z.string(),
    roles: z.array(z.string()),
    /** Who owns that principal's key, where it is written down: two keys of one person are one person. */
    owner: z.string().optional(),
    /** Of the API key, where one was used: whether it still holds is asked again at redemption. */
    keyId: z.string().optional(),
    verdict: z.enum(["approve", "reject", "break_glass"]),
    reason: z.string().optional(),
    atMs: z.number(),
  }),
);
export type Decision = z.output<ReturnType<typeof Decision>>;

/** Everything that is approved, as it was asked for. Plain JSON: it crosses between objects. */
export const NewApproval = once(() =>
  z.strictObject({
    runbook: z.strictObject({
      id: z.string(),
      version: z.int(),
      digest: z.string(),
      title: z.string(),
      risk: z.enum(["low", "medium", "high"]),
    }),
    cluster: z.string(),
    /** Where the grants of requester and approvers must reach; left out: the cluster as a whole. */
    namespace: z.string().optional(),
    /** With every default filled in. */
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    /** SHA-256 (hex) of the canonical JSON of `params`. */
    paramsDigest: z.string(),
    plan: Plan(),
    policyVersion: z.string(),
    requester: Principal(),
    /** The human who owns the requester's API key, where one is written down. */
    keyOwner: z.string().optional(),
    /** Why it is wanted, in the requester's words: untrusted text for the approver. */
    reason: z.string().optional(),
    /** The Durable Object to tell of the decision: the hex id of the requester's session. */
    sessionObject: z.string().optional(),
    required: z.int(),
    from: z.array(z.string()),
    reasonRequired: z.boolean(),
    lifetimeMs: z.number(),
    /** For the limits of the runbook, which are judged when it is redeemed. */
    limits: z.strictObject({ cooldownMs: z.number(), maxConcurrent: z.int() }),
  }),
);
export type NewApproval = z.output<ReturnType<typeof NewApproval>>;

export const Approval = once(() =>
  NewApproval().extend({
    id: z.uuid(),
    state: z.enum(APPROVAL_STATES),
    requestedAtMs: z.number(),
    /** Of the request, and of the token that it becomes. */
    expiresAtMs: z.number(),
    decisions: z.array(Decision()),
    mismatches: z.int(),
    endedAtMs: z.number().optional(),
    /** Once consumed. */
    runId: z.string().optional(),
    /** Grows with every change: who decides on an older one is told so. */
    revision: z.int(),
  }),
);
export type Approval = z.output<ReturnType<typeof Approval>>;

export const SWITCH_SCOPES = ["all", "runbook", "tool", "cluster"] as const;
/** One that is off. `name` is empty for `all`. */
export const KillSwitch = once(() =>
  z.strictObject({
    scope: z.enum(SWITCH_SCOPES),
    name: z.string(),
    by: z.string(),
    /** As of a decision: who switches it on again must be somebody else. */
    owner: z.string().optional(),
    reason: z.string(),
    atMs: z.number(),
  }),
);
export type KillSwitch = z.output<ReturnType<typeof KillSwitch>>;

/** Why an approval cannot be had or used. Each is a value that crosses between objects. */
export type ApprovalRefusal =
  | { readonly kind: "approval_required"; readonly approvalId: string; readonly expiresAtMs: number }
  | { readonly kind: "approval_invalid"; readonly message: string }
  | { readonly kind: "approval_consumed"; readonly runId: string }
  | { readonly kind: "approval_expired" }
  | {
      readonly kind: "kill_switch_active";
      readonly scope: KillSwitch["scope"];
      readonly name: string;
      readonly reason: string;
    }
  | { readonly kind: "forbidden" | "not_found" | "conflict"; readonly message: string }
  | { readonly kind: "busy"; readonly message: string; readonly retryAfterMs: number }
  | { readonly kind: "audit_backpressure" };

/** What is presented with a token, computed from the request itself and never read from the token. */
export interface Redemption {
  readonly approvalId: string;
  readonly principal: Principal;
  readonly runbookDigest: string;
  readonly paramsDigest: string;
  readonly planDigest: string;
  readonly policyVersion: string;
  /** Of the call that presents it: nothing is decided by it, and the run goes on in it. */
  readonly trace?: TraceContext | undefined;
}

/** For the run: what it may do, and in whose trace. */
export interface Redeemed {
  readonly approval: Approval;
  /** Undefined where its call had none, and for what was redeemed before traces were kept. */
  readonly trace: TraceContext | undefined;
}

export type Asked<T> = Promise<Result<T, ApprovalRefusal | UpstreamFailure>>;

/** As a requester sees it. */
export interface ApprovalDesk {
  /** One that needs nobody's approval comes back approved. */
  request(asked: NewApproval): Asked<Approval>;
  /** Of this requester; another's is not found. */
  get(id: string, principalId: string): Asked<Approval>;
  /** Resolves at the next change after `revision`, or after `waitMs` with what there is. */
  waitFor(
    id: string,
    principalId: string,
    since: { readonly revision: number; readonly waitMs: number },
  ): Asked<Approval>;
  /** Consumes it, once: of two at the same time, one gets the run's id and the other `approval_consumed`. */
  redeem(presented: Redemption): Asked<{ readonly runId: string }>;
  /** A mismatch that was found before the object was asked, such as a token of somebody else. Counted, audited. */
  mismatch(id: string, principal: Principal, what: string): Asked<undefined>;
  cancel(id: string, principalId: string): Asked<Approval>;
  switches(): Asked<readonly KillSwitch[]>;
}

/** What a token says it stands for. A carrier only: the approval itself is what counts. */
export interface ApprovalClaims {
  readonly approvalId: string;
  /** The principal it was made for. */
  readonly requester: string;
  readonly runbookId: string;
  readonly runbookDigest: string;
  readonly paramsDigest: string;
  readonly planDigest: string;
  readonly policyVersion: string;
}

export interface ApprovalTokens {
  /** Of an approved one, for as long as it may be redeemed. */
  mint(approval: Approval): Promise<string>;
  verify(
    token: string,
  ): Promise<Result<ApprovalClaims, Extract<ApprovalRefusal, { kind: "approval_invalid" | "approval_expired" }>>>;
}
