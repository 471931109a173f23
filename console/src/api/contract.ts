// What the console's API answers, as it crosses the wire. Plans are the server's own type: nothing is written twice.

import type { Plan, PlannedStep } from "../../../src/ports/plan.ts";

export type { Plan, PlannedStep };
export type Outcome = NonNullable<PlannedStep["outcome"]>;
export type Scalar = string | number | boolean;
export type Risk = "low" | "medium" | "high";
export type SignIn = "access" | "key";
export type Verdict = "approve" | "reject" | "break_glass";
export type ApprovalState = "requested" | "approved" | "rejected" | "expired" | "cancelled" | "revoked" | "consumed";

export interface Me {
  readonly principal: { readonly id: string; readonly kind: "agent" | "human"; readonly roles: readonly string[] };
  readonly permissions: readonly string[];
  readonly csrf: string;
  readonly sign_in: SignIn;
  readonly sign_out: boolean;
}

export interface Decision {
  readonly by: string;
  readonly verdict: Verdict;
  readonly reason?: string | undefined;
  readonly at: string;
}

export interface ApprovalCard {
  readonly id: string;
  readonly state: ApprovalState;
  readonly revision: number;
  readonly runbook: {
    readonly id: string;
    readonly version: number;
    readonly title: string;
    readonly risk: Risk;
    readonly digest: string;
  };
  readonly cluster: string;
  readonly namespace?: string | undefined;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly plan: Plan;
  readonly requester: {
    readonly id: string;
    readonly kind: "agent" | "human";
    readonly on_behalf_of?: string | undefined;
    /** The human who owns the requester's key. */
    readonly owner?: string | undefined;
  };
  readonly reason?: string | undefined;
  readonly required: number;
  readonly from: readonly string[];
  readonly reason_required: boolean;
  readonly requested_at: string;
  readonly expires_at: string;
  readonly decisions: readonly Decision[];
  readonly ended_at?: string | undefined;
  readonly run_id?: string | undefined;
  readonly changed_since_last: boolean;
  readonly history: { readonly runs: number; readonly failed: number };
  readonly mine: {
    readonly may_decide: boolean;
    readonly may_break_glass: boolean;
    readonly why_not?: string | undefined;
  };
}

export interface ApprovalList {
  readonly approvals: readonly ApprovalCard[];
  /** The server's clock, by which everything expires. */
  readonly now: string;
}

export interface AskedDecision {
  readonly verdict: Verdict;
  readonly reason?: string | undefined;
  /** What was on the screen: something newer is not decided unseen. */
  readonly revision: number;
  readonly seen_digest: string;
}

export type RunState = "pending" | "running" | "succeeded" | "failed" | "cancelled" | "stopped" | "ambiguous";
export type StepState = "pending" | "running" | "waiting" | "done" | "failed" | "skipped" | "ambiguous";

export interface RunStep {
  readonly id: string;
  readonly kind: PlannedStep["kind"];
  readonly phase: "steps" | "on_failure";
  readonly state: StepState;
  readonly does: string;
  readonly started_at?: string | undefined;
  readonly ended_at?: string | undefined;
  readonly message?: string | undefined;
  readonly output?: unknown;
  readonly attempts: number;
}

export interface Run {
  readonly id: string;
  readonly approval_id: string;
  readonly runbook: ApprovalCard["runbook"] | Omit<ApprovalCard["runbook"], "risk">;
  readonly cluster: string;
  readonly namespace?: string | undefined;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly requester: string;
  readonly approvers: readonly string[];
  readonly state: RunState;
  readonly message?: string | undefined;
  readonly steps: readonly RunStep[];
  readonly started_at: string;
  readonly ended_at?: string | undefined;
  readonly revision: number;
}

export type SwitchScope = "all" | "runbook" | "tool" | "cluster";

/** One that is off. */
export interface KillSwitch {
  readonly scope: SwitchScope;
  /** Empty for `all`. */
  readonly name: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly mine: { readonly may_switch_on: boolean; readonly why_not?: string | undefined };
}

export interface SwitchList {
  readonly switches: readonly KillSwitch[];
}

export interface AskedSwitch {
  readonly scope: SwitchScope;
  readonly name: string;
  readonly on: boolean;
  readonly reason: string;
}

/** What the live socket says: that something changed, and never what. */
export type Change =
  | { readonly changed: "approval" | "run"; readonly id: string; readonly revision: number }
  | { readonly changed: "switches" };
