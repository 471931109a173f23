// The console's API as both of its sides know it: what the page sends, and what it is answered.

import * as z from "zod";
import { once } from "../../once.ts";
import { APPROVAL_STATES, SWITCH_SCOPES } from "../../ports/approvals.ts";
import { Plan } from "../../ports/plan.ts";
import { RUN_STATES, STEP_STATES } from "../../ports/runs.ts";

export const CONSOLE_API = "/console/api";
/** With whatever changes something: what `/me` said. */
export const CSRF_HEADER = "x-gatehouse-csrf";

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const Time = z.iso.datetime();
/** What is read at a glance, in a card as in the audit log. */
const Reason = z.string().max(500);

export const SIGN_INS = ["access", "key"] as const;

export const Me = once(() =>
  z.object({
    principal: z.object({ id: z.string(), kind: z.enum(["agent", "human"]), roles: z.array(z.string()) }),
    /** Everything that is held anywhere: where, each card says. */
    permissions: z.array(z.string()),
    csrf: z.string(),
    sign_in: z.enum(SIGN_INS),
    sign_out: z.boolean(),
  }),
);
export type Me = z.output<ReturnType<typeof Me>>;

export const SignInBody = once(() => z.strictObject({ key: z.string().max(256) }));
export type SignInBody = z.output<ReturnType<typeof SignInBody>>;

const Verdict = z.enum(["approve", "reject", "break_glass"]);
const Decided = once(() => z.object({ by: z.string(), verdict: Verdict, reason: z.string().optional(), at: Time }));

export const ApprovalCard = once(() =>
  z.object({
    id: z.string(),
    state: z.enum(APPROVAL_STATES),
    revision: z.int(),
    runbook: z.object({
      id: z.string(),
      version: z.int(),
      title: z.string(),
      risk: z.enum(["low", "medium", "high"]),
      digest: z.string(),
    }),
    cluster: z.string(),
    namespace: z.string().optional(),
    params: z.record(z.string(), Scalar),
    plan: Plan(),
    requester: z.object({
      id: z.string(),
      kind: z.enum(["agent", "human"]),
      on_behalf_of: z.string().optional(),
      owner: z.string().optional(),
    }),
    /** The requester's own words: untrusted. */
    reason: z.string().optional(),
    required: z.int(),
    from: z.array(z.string()),
    reason_required: z.boolean(),
    requested_at: Time,
    expires_at: Time,
    decisions: z.array(Decided()),
    ended_at: Time.optional(),
    run_id: z.string().optional(),
    /** The runbook is not the text that was run last. */
    changed_since_last: z.boolean(),
    /** Of this runbook, in the last 90 days. */
    history: z.object({ runs: z.int(), failed: z.int() }),
    mine: z.object({ may_decide: z.boolean(), may_break_glass: z.boolean(), why_not: z.string().optional() }),
  }),
);
export type ApprovalCard = z.output<ReturnType<typeof ApprovalCard>>;

export const Approvals = once(() => z.object({ approvals: z.array(ApprovalCard()), now: Time }));
export type Approvals = z.output<ReturnType<typeof Approvals>>;

/** `revision` and `seen_digest` (the plan's) are what whoever decides had before them. */
export const DecisionBody = once(() =>
  z.strictObject({
    verdict: Verdict,
    reason: Reason.optional(),
    revision: z.int(),
    seen_digest: z.string().max(128),
  }),
);
export type DecisionBody = z.output<ReturnType<typeof DecisionBody>>;

export const RunAnswer = once(() =>
  z.object({
    id: z.string(),
    approval_id: z.string(),
    runbook: z.object({ id: z.string(), version: z.int(), digest: z.string(), title: z.string() }),
    cluster: z.string(),
    namespace: z.string().optional(),
    params: z.record(z.string(), Scalar),
    requester: z.string(),
    approvers: z.array(z.string()),
    state: z.enum(RUN_STATES),
    message: z.string().optional(),
    steps: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(["tool", "check", "k8s", "wait", "notify"]),
        phase: z.enum(["steps", "on_failure"]),
        state: z.enum(STEP_STATES),
        does: z.string(),
        started_at: Time.optional(),
        ended_at: Time.optional(),
        message: z.string().optional(),
        output: z.unknown().optional(),
        attempts: z.int(),
      }),
    ),
    started_at: Time,
    ended_at: Time.optional(),
    revision: z.int(),
  }),
);
export type RunAnswer = z.output<ReturnType<typeof RunAnswer>>;

export const Switches = once(() =>
  z.object({
    switches: z.array(
      z.object({
        scope: z.enum(SWITCH_SCOPES),
        /** Empty for `all`. */
        name: z.string(),
        by: z.string(),
        reason: z.string(),
        at: Time,
        mine: z.object({ may_switch_on: z.boolean(), why_not: z.string().optional() }),
      }),
    ),
  }),
);
export type Switches = z.output<ReturnType<typeof Switches>>;

export const SwitchBody = once(() =>
  z
    .strictObject({
      scope: z.enum(SWITCH_SCOPES),
      name: z.string().regex(/^[A-Za-z0-9._-]{0,128}$/, "must be letters, digits and . _ -"),
      on: z.boolean(),
      reason: Reason,
    })
    .refine(({ scope, name }) => (scope === "all") === (name === ""), "name is empty for all, and for nothing else"),
);
export type SwitchBody = z.output<ReturnType<typeof SwitchBody>>;

/** RFC 9457, and what some refusals say besides. */
export const ProblemAnswer = once(() =>
  z.object({
    status: z.int(),
    reason: z.string(),
    detail: z.string(),
    /** Of 401: how to sign in. */
    sign_in: z.enum(SIGN_INS).optional(),
    /** Of 409: how the approval stands now. */
    current: ApprovalCard().optional(),
  }),
);
export type ProblemAnswer = z.output<ReturnType<typeof ProblemAnswer>>;

/** A frame of `/live`: look again. */
export const LiveFrame = once(() =>
  z.discriminatedUnion("changed", [
    z.object({ changed: z.literal("approval"), id: z.string(), revision: z.int() }),
    z.object({ changed: z.literal("run"), id: z.string(), revision: z.int() }),
    z.object({ changed: z.literal("switches") }),
  ]),
);
export type LiveFrame = z.output<ReturnType<typeof LiveFrame>>;
