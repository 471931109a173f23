// An approved run, small enough to keep in mind: restart a deployment, wait for it, tell people.

import { Runbook } from "../../src/runbooks/runbook.ts";
import { START_MS, uuidOf } from "./clock.ts";
import { principal } from "./people.ts";
import type { ActionOutcome } from "k8s-proxy/contract";
import type * as z from "zod";
import type { Approval } from "../../src/ports/approvals.ts";
import type { PlannedStep } from "../../src/ports/plan.ts";
import type { PublishedRunbook } from "../../src/runbooks/runbook.ts";
import type { Order } from "../../src/runbooks/run/progress.ts";

export const APPROVAL_ID = uuidOf(7);
export const RUN_ID = `rb-${APPROVAL_ID}`;
const DIGEST = "ab".repeat(32);

type Written = Partial<z.input<ReturnType<typeof Runbook>>>;

export const STEPS: NonNullable<Written["steps"]> = [
  { id: "before", tool: "k8s.get_workload", args: { name: "${params.name}" }, save: ["replicas"] },
  { id: "guard", check: { expr: "steps.before.replicas > 1", message: "a single replica would be down" } },
  { id: "restart", k8s: { action: "rollout_restart", namespace: "${params.namespace}", name: "${params.name}" } },
  { id: "settle", wait: { tool: "k8s.get_workload", args: {}, until: "result.ready", timeout: "2m", interval: "10s" } },
  { id: "tell", notify: { channel: "oncall", message: "restarted ${params.name}" } },
];

export const UNDO: NonNullable<Written["on_failure"]> = {
  steps: [
    { id: "undo", k8s: { action: "rollout_undo", namespace: "${params.namespace}", name: "${params.name}" } },
    { id: "told", notify: { channel: "oncall", message: "rolled back" } },
  ],
};

export function runbook(changes: Written = {}): PublishedRunbook {
  const written = Runbook().parse({
    apiVersion: "runbooks/v1",
    id: "restart-deployment",
    version: 3,
    title: "Rolling restart",
    description: "Restarts the pods of a Deployment one after another.",
    risk: "medium",
    approvals: { required: 1 },
    limits: { timeout: "20m" },
    parameters: { type: "object", additionalProperties: false, properties: {} },
    steps: STEPS,
    on_failure: UNDO,
    ...changes,
  });
  return { ...written, digest: DIGEST };
}

export function outcome(changes: Partial<ActionOutcome> = {}): ActionOutcome {
  return {
    object: { kind: "Deployment", namespace: "shop", name: "web", uid: "uid-web", generation: 5 },
    found: { uid: "uid-web", generation: 4 },
    changed: true,
    summary: "Restarted Deployment shop/web.",
    diff: [],
    before: {},
    after: {},
    affects: { pods: 2, budgets: [] },
    dry_run: false,
    replayed: false,
    ...changes,
  };
}

/** What its preview said: every action would do, and found the object as it then was. */
function planned(steps: PublishedRunbook["steps"]): PlannedStep[] {
  return steps.map((step) => {
    const kind = kindOf(step);
    const seen = kind === "k8s" ? { outcome: outcome({ dry_run: true }) } : {};
    return { id: step.id, kind, does: `Does ${step.id}`, args: {}, ...seen };
  });
}

function kindOf(step: PublishedRunbook["steps"][number]): PlannedStep["kind"] {
  const found = (["tool", "check", "k8s", "wait", "notify"] as const).find((kind) => kind in step);
  if (!found) throw new Error(`${step.id} is of no kind`);
  return found;
}

export function approval(book: PublishedRunbook, changes: Partial<Approval> = {}): Approval {
  const { id, version, digest, title, risk } = book;
  return {
    id: APPROVAL_ID,
    runbook: { id, version, digest, title, risk },
    cluster: "prod",
    namespace: "shop",
    params: { namespace: "shop", name: "web" },
    paramsDigest: "cd".repeat(32),
    plan: {
      steps: planned(book.steps),
      on_failure: planned(book.on_failure?.steps ?? []),
      objects: ["Deployment shop/web"],
      pods: 2,
      budgets: [],
      blockers: [],
      digest: "ef".repeat(32),
    },
    policyVersion: "0123456789ab",
    requester: principal(["operator"]),
    required: 1,
    from: [],
    reasonRequired: false,
    lifetimeMs: 900_000,
    limits: { cooldownMs: 0, maxConcurrent: 1 },
    state: "consumed",
    requestedAtMs: START_MS - 60_000,
    expiresAtMs: START_MS + 840_000,
    decisions: [{ by: "human:mia", roles: ["approver"], verdict: "approve", atMs: START_MS - 1_000 }],
    mismatches: 0,
    runId: RUN_ID,
    revision: 3,
    ...changes,
  };
}

/** One change, and no matter which. */
export function action(id: string) {
  return { id, k8s: { action: "rollout_restart", namespace: "shop", name: "web" } };
}

export function order(changes: Written = {}): Order {
  const book = runbook(changes);
  return { runbook: book, approval: approval(book) };
}
