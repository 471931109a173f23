// What a run would do, rendered against the live cluster: what an approver sees, and what the approval is bound to.

import * as z from "zod";
import { ActionOutcome } from "k8s-proxy/contract";
import { once } from "../once.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

export const PlannedStep = once(() =>
  z.object({
    id: z.string(),
    kind: z.enum(["tool", "check", "k8s", "wait", "notify"]),
    /** One sentence: "Restart Deployment shop/web". */
    does: z.string(),
    /** The tool or the action, where there is one. */
    uses: z.string().optional(),
    /** Rendered; what only a later step can know stands there as it is written. */
    args: z.record(z.string(), Scalar).default({}),
    /** Of a check: whether it holds now; left out where that cannot be told yet. */
    holds: z.boolean().optional(),
    /** Of an action: what the API server said to it in a dry run. */
    outcome: ActionOutcome().optional(),
    /** Why this step cannot be done as things are. */
    blocker: z.string().optional(),
  }),
);
export type PlannedStep = z.output<ReturnType<typeof PlannedStep>>;

export const Plan = once(() =>
  z.object({
    steps: z.array(PlannedStep()),
    on_failure: z.array(PlannedStep()),
    /** Everything it touches, each once: "Deployment shop/web". */
    objects: z.array(z.string()),
    /** Pods that are replaced, evicted or deleted. */
    pods: z.int(),
    budgets: z.array(z.object({ name: z.string(), allowed: z.int() })),
    /** What keeps it from running now; a plan with any cannot be approved. */
    blockers: z.array(z.string()),
    /** SHA-256 (hex) of the rendered steps and the uids and generations they found: another means that the live state changed. */
    digest: z.string(),
  }),
);
export type Plan = z.output<ReturnType<typeof Plan>>;
