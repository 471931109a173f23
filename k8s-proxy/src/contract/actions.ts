// What the actions proxy may be asked to change: one route an action, and nothing that is not in this file.
import * as z from "zod";
import { Name, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

/** RFC 8725 §3.11: a call token of the reading proxy opens nothing here, nor one of ours there. Its audience is `<cluster>/actions`. */
export const ACTION_TOKEN_TYPE = "gatehouse-action+jwt";
export const actionAudience = (cluster: string): string => `${cluster}/actions`;

/** The object as whoever decided saw it. `generation` changes with the spec alone; pods have none that matters. */
export const Expected = once(() => z.strictObject({ uid: z.string().min(1).max(64), generation: z.int().optional() }));
export type Expected = z.output<ReturnType<typeof Expected>>;

/** `<approval id>:<step id>`; the same key never changes anything twice. */
export const IdempotencyKey = once(() => z.string().regex(/^[A-Za-z0-9:_.-]{8,160}$/));

const Asked = once(() =>
  z.strictObject({
    /** Judged by the API server, with all its admission, and not kept (`dryRun=All`). */
    dry_run: z.boolean(),
    idempotency_key: IdempotencyKey(),
    /** Another uid or generation is a `conflict`. */
    expect: Expected().optional(),
  }),
);

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What became of one pod of a node that is emptied. */
export const Evicted = once(() =>
  z.object({
    namespace: z.string(),
    name: z.string(),
    /** `skipped` are a DaemonSet's and the kubelet's own; `blocked` are held by a disruption budget for now. */
    result: z.enum(["evicted", "skipped", "blocked"]),
    reason: z.string().optional(),
  }),
);

/** The same of every action, so that a plan and a run read alike. */
export const ActionOutcome = once(() =>
  z.object({
    object: z.object({
      kind: z.string(),
      namespace: z.string().optional(),
      name: z.string(),
      uid: z.string(),
      /** As it is after the change, where it has one. */
      generation: z.int().optional(),
    }),
    /** As it was before. What an approval of this action is bound to. */
    found: Expected(),
    /** False where everything was as wanted already: cordoned, at that many replicas, gone. */
    changed: z.boolean(),
    /** One sentence for whoever approves or reads the log. */
    summary: z.string(),
    /** `path: before → after`, a line each; secrets redacted. */
    diff: z.array(z.string()).default([]),
    before: z.record(z.string(), Scalar).default({}),
    after: z.record(z.string(), Scalar).default({}),
    /** How much it touches. */
    affects: z.object({
      pods: z.int().default(0),
      /** Disruption budgets over those pods, and how many pods each lets go now. */
      budgets: z.array(z.object({ name: z.string(), allowed: z.int() })).default([]),
    }),
    evictions: z.array(Evicted()).optional(),
    dry_run: z.boolean(),
    /** The answer of before, given again to the same key: nothing was done this time. */
    replayed: z.boolean().default(false),
  }),
);
export type ActionOutcome = z.output<ReturnType<typeof ActionOutcome>>;

const Rolled = once(() => z.enum(["Deployment", "StatefulSet", "DaemonSet"]).default("Deployment"));
const Scaled = once(() => z.enum(["Deployment", "StatefulSet"]).default("Deployment"));

/** By the name that a runbook's step writes. All answer an `ActionOutcome`. */
export const ACTION_ROUTES = {
  rollout_restart: route(
    "/v1/actions/rollout-restart",
    () => Asked().extend({ namespace: Namespace(), kind: Rolled(), name: Name() }),
    ActionOutcome,
  ),
  scale: route(
    "/v1/actions/scale",
    () => Asked().extend({ namespace: Namespace(), kind: Scaled(), name: Name(), replicas: z.int().min(0).max(1_000) }),
    ActionOutcome,
  ),
  rollout_undo: route(
    "/v1/actions/rollout-undo",
    // To the revision before this one, unless one is named.
    () => Asked().extend({ namespace: Namespace(), name: Name(), to_revision: z.int().min(1).optional() }),
    ActionOutcome,
  ),
  cordon: route("/v1/actions/cordon", () => Asked().extend({ node: Name() }), ActionOutcome),
  uncordon: route("/v1/actions/uncordon", () => Asked().extend({ node: Name() }), ActionOutcome),
  /** One round of evictions of everything on a cordoned node; what a budget holds back is `blocked`, for a next round. */
  drain: route("/v1/actions/drain", () => Asked().extend({ node: Name() }), ActionOutcome),
  evict: route("/v1/actions/evict", () => Asked().extend({ namespace: Namespace(), pod: Name() }), ActionOutcome),
  delete_pod: route(
    "/v1/actions/delete-pod",
    () => Asked().extend({ namespace: Namespace(), pod: Name() }),
    ActionOutcome,
  ),
} as const;
export type ActionName = keyof typeof ACTION_ROUTES;

/** What became of a key whose answer was lost. It changes nothing, so it may be asked again. */
export const ACTION_OUTCOME_ROUTE = route(
  "/v1/actions/outcome",
  () => z.strictObject({ idempotency_key: IdempotencyKey() }),
  () =>
    z.object({
      /** `unknown` after 24 hours, and where the proxy was restarted: then look at the object itself. */
      state: z.enum(["unknown", "under_way", "done"]),
      outcome: ActionOutcome().optional(),
    }),
);
