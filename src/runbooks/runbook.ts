// What a runbook is: the checked form of a file under runbooks/. Everything a run does is written in it.

import * as z from "zod";
import { once } from "../once.ts";

/** What a parameter or an argument may be: whole values, never text that is put together. */
export const Scalar = once(() =>
  z.union([z.string(), z.number(), z.boolean()], "must be a text, a number, true or false"),
);
export type Scalar = z.output<ReturnType<typeof Scalar>>;

/** `30s`, `10m`, `2h`. */
export const Span = once(() => z.string().regex(/^\d{1,4}[smh]$/, 'must be a span such as "30s", "10m" or "2h"'));

export function spanMs(span: string): number {
  const unit = { s: 1_000, m: 60_000, h: 3_600_000 }[span.at(-1) ?? ""] ?? 0;
  return Number(span.slice(0, -1)) * unit;
}

/** Also a name in expressions, so it has no dash. */
const StepId = once(() =>
  z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "must be lower-case letters, digits and underscores"),
);
export const RunbookId = z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "must be lower-case letters, digits and dashes");

/** A literal, or `${params.x}` or `${steps.id.path}` and nothing beside it. */
const Arguments = once(() => z.record(z.string(), Scalar()));
/** CEL, see expression.ts. */
const Expression = once(() => z.string().min(1).max(500));

/** A part of JSON Schema: what a form can show and a refusal can explain. */
const Property = once(() =>
  z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("string"),
      description: z.string(),
      pattern: z.string().optional(),
      enum: z.array(z.string()).min(1).optional(),
      maxLength: z.int().min(1).max(1_024).default(253),
      default: z.string().optional(),
    }),
    z.strictObject({
      type: z.literal("integer"),
      description: z.string(),
      minimum: z.int(),
      maximum: z.int(),
      default: z.int().optional(),
    }),
    z.strictObject({ type: z.literal("boolean"), description: z.string(), default: z.boolean().optional() }),
  ]),
);
export type Property = z.output<ReturnType<typeof Property>>;

const Parameters = once(() =>
  z.strictObject({
    type: z.literal("object"),
    additionalProperties: z.literal(false),
    required: z.array(z.string()).default([]),
    /** `namespace`, where there is one, is where the run acts: the grants of requester and approver must cover it. */
    properties: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,31}$/), Property()),
  }),
);
export type Parameters = z.output<ReturnType<typeof Parameters>>;

/** Reads through a tool of the catalogue. What later steps and expressions may use is named in `save`, by path. */
const ToolStep = once(() =>
  z.strictObject({
    id: StepId(),
    tool: z.string(),
    args: Arguments().default({}),
    save: z.array(z.string()).max(20).default([]),
  }),
);
/** CEL over `params` and `steps`; false ends the run with the message. */
const CheckStep = once(() =>
  z.strictObject({
    id: StepId(),
    check: z.strictObject({ expr: Expression(), message: z.string().min(10).max(500) }),
  }),
);
/** What is done again and again until `until` holds. */
const again = once(() => ({ until: Expression(), timeout: Span(), interval: Span().default("10s") }));
/** One of the actions proxy's actions (`ACTION_ROUTES`), with its arguments beside it. */
const ActionStep = once(() =>
  z.strictObject({
    id: StepId(),
    k8s: z.object({ action: z.string() }).catchall(Scalar()),
    /** Acts again, each round under a key of its own, until it holds (CEL over `result`, the round's outcome, `params` and `steps`). */
    repeat: z.strictObject(again()).optional(),
  }),
);
/** Asks the tool again and again until `until` (CEL over `result`, `params` and `steps`) holds. */
const WaitStep = once(() =>
  z.strictObject({
    id: StepId(),
    wait: z.strictObject({ tool: z.string(), args: Arguments().default({}), ...again() }),
  }),
);
/** Text for people; `${…}` may stand inside it. The channel is a webhook of the deployment. */
const NotifyStep = once(() =>
  z.strictObject({
    id: StepId(),
    notify: z.strictObject({
      channel: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be the name of a webhook"),
      message: z.string().min(1).max(500),
    }),
  }),
);

/** In the order of the union: who explains a fault finds the schema of the kind that was meant by its place here. */
export const STEP_KINDS = ["tool", "check", "k8s", "wait", "notify"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export const Step = once(() => z.union([ToolStep(), CheckStep(), ActionStep(), WaitStep(), NotifyStep()]));
export type Step = z.output<ReturnType<typeof Step>>;

export const RISKS = ["low", "medium", "high"] as const;

/** A field that is added must be optional and have no default: a default would change the digest of what is published. */
export const Runbook = once(() =>
  z.strictObject({
    apiVersion: z.literal("runbooks/v1"),
    id: RunbookId,
    version: z.int().min(1),
    title: z.string().min(5).max(100),
    /** What it does and when to take it: a model chooses by this. */
    description: z.string().min(20).max(500),
    risk: z.enum(RISKS),
    approvals: z.strictObject({
      /** None only where nothing is changed. Two means two people. */
      required: z.int().min(0).max(2),
      /** Roles of which an approver must have one, beside the permission; empty asks for no particular one. */
      from: z.array(z.string()).default([]),
      expires: Span().default("15m"),
      reason_required: z.boolean().default(false),
    }),
    limits: z.strictObject({
      /** Between two runs of it with the same parameters. */
      per_target_cooldown: Span().default("0s"),
      /** Runs of it at the same time. */
      max_concurrent: z.int().min(1).max(100).default(1),
      timeout: Span(),
    }),
    parameters: Parameters(),
    steps: z.array(Step()).min(1).max(30),
    /** Done once, when a step has failed after something was changed. Checks and waits are allowed, another on_failure is not. */
    on_failure: z.strictObject({ steps: z.array(Step()).min(1).max(10) }).optional(),
  }),
);
export type Runbook = z.output<ReturnType<typeof Runbook>>;

/** As it was published: this text and no other. `digest` is the SHA-256 of the canonical JSON of all the rest, hex. */
export const PublishedRunbook = once(() => Runbook().extend({ digest: z.string().regex(/^[0-9a-f]{64}$/) }));
export type PublishedRunbook = z.output<ReturnType<typeof PublishedRunbook>>;

/** Names the kind of a step by the key that it has. */
export function kindOf(step: Step): StepKind {
  if ("tool" in step) return "tool";
  if ("check" in step) return "check";
  if ("k8s" in step) return "k8s";
  return "wait" in step ? "wait" : "notify";
}
