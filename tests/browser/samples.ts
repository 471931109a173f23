// Requests as they come in on a working day. The persons and the clusters are nobody's.

import type { ApprovalCard, Me, Outcome, Plan, PlannedStep } from "../../console/src/api/contract.ts";

/** When all of it happens: the browser's clock is set to it. */
export const NOW = Date.parse("2026-03-12T14:00:00.000Z");

export const minutes = (count: number): string => new Date(NOW + count * 60_000).toISOString();

export const digest = (letter: string): string => letter.repeat(64);
export const id = (number: number): string => `0197a4c2-8d31-7c55-9a10-${String(number).padStart(12, "0")}`;

export const ONCALL: Me = {
  principal: { id: "access:oncall@example.com", kind: "human", roles: ["approver", "incident-commander"] },
  permissions: ["runbooks:read", "runbooks:approve", "runbooks:break_glass", "runbooks:kill"],
  csrf: "csrf-for-oncall",
  sign_in: "key",
  sign_out: true,
};

export const LEAD: Me = {
  principal: { id: "access:lead@example.com", kind: "human", roles: ["approver"] },
  permissions: ["runbooks:read", "runbooks:approve"],
  csrf: "csrf-for-lead",
  sign_in: "key",
  sign_out: true,
};

function step(facts: Partial<PlannedStep> & Pick<PlannedStep, "id" | "kind" | "does">): PlannedStep {
  return { args: {}, ...facts };
}

interface Change {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly summary: string;
  readonly diff: string[];
  readonly pods?: number;
  readonly budgets?: Plan["budgets"];
}

function outcome({ kind, namespace, name, summary, diff, pods = 0, budgets = [] }: Change): Outcome {
  const uid = "5c0b1c46-52c1-4f3e-8a52-1f4b6f0f7a11";
  return {
    object: { kind, ...(namespace === undefined ? {} : { namespace }), name, uid, generation: 42 },
    found: { uid, generation: 41 },
    changed: true,
    summary,
    diff,
    before: {},
    after: {},
    affects: { pods, budgets },
    dry_run: true,
    replayed: false,
  };
}

function plan(facts: Partial<Plan> & Pick<Plan, "steps">): Plan {
  return { on_failure: [], objects: [], pods: 0, budgets: [], blockers: [], digest: digest("a"), ...facts };
}

function card(number: number, facts: Partial<ApprovalCard> & Pick<ApprovalCard, "runbook" | "plan">): ApprovalCard {
  return {
    id: id(number),
    state: "requested",
    revision: 1,
    cluster: "eu-prod-1",
    namespace: "shop",
    params: {},
    requester: { id: "agent/incident-triage", kind: "agent", on_behalf_of: "access:backend@example.com" },
    required: 1,
    from: ["approver"],
    reason_required: false,
    requested_at: minutes(-3),
    expires_at: minutes(9.7),
    decisions: [],
    changed_since_last: false,
    history: { runs: 14, failed: 1 },
    mine: { may_decide: true, may_break_glass: false },
    ...facts,
  };
}

export const ROLLBACK = card(1, {
  runbook: {
    id: "roll-back-deployment",
    version: 2,
    title: "Roll back a deployment to its previous revision",
    risk: "medium",
    digest: digest("1"),
  },
  params: { namespace: "shop", name: "checkout", to_revision: 41 },
  reason:
    "checkout has crash-looped since revision 42 went out at 13:46 (panic: missing PAYMENT_TIMEOUT). Revision 41 ran for nine days without a restart. Error rate on /pay is 38 % and rising.",
  changed_since_last: true,
  expires_at: minutes(9.7),
  plan: plan({
    steps: [
      step({
        id: "before",
        kind: "tool",
        does: "Read Deployment shop/checkout",
        uses: "k8s.get_workload",
        args: { kind: "Deployment", namespace: "shop", name: "checkout" },
      }),
      step({ id: "guard", kind: "check", does: "Revision 41 still exists", holds: true }),
      step({
        id: "undo",
        kind: "k8s",
        does: "Roll Deployment shop/checkout back to revision 41",
        uses: "rollout_undo",
        args: { namespace: "shop", name: "checkout", to_revision: 41 },
        outcome: outcome({
          kind: "Deployment",
          namespace: "shop",
          name: "checkout",
          summary: "Deployment shop/checkout goes from revision 42 to 41; 6 pods are replaced, at most 2 at a time.",
          diff: [
            "spec.template.spec.containers[checkout].image: registry.example.com/shop/checkout:2026.3.12-1 → registry.example.com/shop/checkout:2026.3.3-4",
            "spec.template.metadata.annotations[deploy.example.com/commit]: 9f2c1e7 → 41bd0aa",
          ],
          pods: 6,
          budgets: [{ name: "shop/checkout", allowed: 2 }],
        }),
      }),
      step({
        id: "settle",
        kind: "wait",
        does: "Wait until Deployment shop/checkout has 6 of 6 pods available, at most 10 minutes",
        uses: "k8s.get_workload",
        args: { kind: "Deployment", namespace: "shop", name: "checkout" },
      }),
      step({ id: "tell", kind: "notify", does: "Tell #oncall: rolled back shop/checkout to revision 41" }),
    ],
    on_failure: [
      step({ id: "tell_failed", kind: "notify", does: "Tell #oncall: the rollback of shop/checkout did not settle" }),
    ],
    objects: ["Deployment shop/checkout"],
    pods: 6,
    budgets: [{ name: "shop/checkout", allowed: 2 }],
  }),
});

export const DRAIN = card(2, {
  runbook: { id: "drain-node", version: 2, title: "Drain a node for maintenance", risk: "high", digest: digest("2") },
  namespace: undefined,
  params: { node: "eu-prod-1-worker-07" },
  reason:
    "Kernel log shows uncorrectable memory errors on this node since 13:30. Two pods on it were OOM-killed without a limit breach.",
  required: 2,
  from: ["approver", "incident-commander"],
  reason_required: true,
  decisions: [{ by: "access:lead@example.com", verdict: "approve", reason: "Confirmed on the BMC.", at: minutes(-1) }],
  expires_at: minutes(4.4),
  history: { runs: 3, failed: 1 },
  mine: { may_decide: true, may_break_glass: true },
  revision: 2,
  plan: plan({
    digest: digest("b"),
    steps: [
      step({
        id: "cordon",
        kind: "k8s",
        does: "Keep new pods away from Node eu-prod-1-worker-07",
        uses: "cordon",
        args: { node: "eu-prod-1-worker-07" },
        outcome: outcome({
          kind: "Node",
          name: "eu-prod-1-worker-07",
          summary: "Node eu-prod-1-worker-07 takes no new pods.",
          diff: ["spec.unschedulable: false → true"],
        }),
      }),
      step({
        id: "drain",
        kind: "k8s",
        does: "Evict the pods of Node eu-prod-1-worker-07, as their disruption budgets allow",
        uses: "drain",
        args: { node: "eu-prod-1-worker-07" },
        outcome: {
          ...outcome({
            kind: "Node",
            name: "eu-prod-1-worker-07",
            summary: "11 pods are evicted; 1 must wait for its budget; 3 stay because a DaemonSet owns them.",
            diff: [],
            pods: 11,
          }),
          evictions: [
            { namespace: "shop", name: "checkout-6c9f7d5b8-4xkqz", result: "evicted" },
            {
              namespace: "payments",
              name: "ledger-0",
              result: "blocked",
              reason: "budget payments/ledger lets none go",
            },
            { namespace: "monitoring", name: "node-exporter-l2x9p", result: "skipped", reason: "owned by a DaemonSet" },
          ],
        },
      }),
      step({ id: "gone", kind: "wait", does: "Wait until only DaemonSet pods are left, at most 20 minutes" }),
    ],
    on_failure: [step({ id: "uncordon", kind: "k8s", does: "Let pods onto Node eu-prod-1-worker-07 again" })],
    objects: ["Node eu-prod-1-worker-07"],
    pods: 11,
    budgets: [
      { name: "shop/checkout", allowed: 2 },
      { name: "payments/ledger", allowed: 0 },
    ],
  }),
});

export const RESTART = card(3, {
  runbook: { id: "restart-deployment", version: 3, title: "Restart a deployment", risk: "medium", digest: digest("3") },
  namespace: "payments",
  params: { namespace: "payments", name: "fraud-scoring" },
  requester: { id: "access:oncall@example.com", kind: "human" },
  expires_at: minutes(12),
  mine: {
    may_decide: false,
    may_break_glass: false,
    why_not: "You asked for this yourself, so somebody else must decide.",
  },
  plan: plan({
    digest: digest("c"),
    steps: [
      step({
        id: "restart",
        kind: "k8s",
        does: "Restart Deployment payments/fraud-scoring",
        uses: "rollout_restart",
        outcome: outcome({
          kind: "Deployment",
          namespace: "payments",
          name: "fraud-scoring",
          summary: "Deployment payments/fraud-scoring replaces its 3 pods, one at a time.",
          diff: ["spec.template.metadata.annotations[restarted-at]: not set → the time of the run"],
          pods: 3,
        }),
      }),
    ],
    objects: ["Deployment payments/fraud-scoring"],
    pods: 3,
  }),
});

export const SCALE = card(4, {
  runbook: { id: "scale-out", version: 1, title: "Scale a deployment out", risk: "low", digest: digest("4") },
  params: { namespace: "shop", name: "search", replicas: 12 },
  reason: "Latency of /search is at p95 2.4 s with all 8 pods at their CPU limit.",
  expires_at: minutes(14),
  history: { runs: 0, failed: 0 },
  plan: plan({
    digest: digest("d"),
    steps: [
      step({
        id: "scale",
        kind: "k8s",
        does: "Scale Deployment shop/search to 12 replicas",
        uses: "scale",
        args: { namespace: "shop", name: "search", replicas: 12 },
        outcome: outcome({
          kind: "Deployment",
          namespace: "shop",
          name: "search",
          summary: "Deployment shop/search goes from 8 to 12 replicas.",
          diff: ["spec.replicas: 8 → 12"],
        }),
      }),
    ],
    objects: ["Deployment shop/search"],
  }),
});

export const BLOCKED = card(5, {
  runbook: {
    id: "delete-stuck-pod",
    version: 1,
    title: "Delete a pod that is stuck",
    risk: "medium",
    digest: digest("5"),
  },
  params: { namespace: "shop", pod: "cart-7d4b9c6f5-zzt8w" },
  expires_at: minutes(14.5),
  plan: plan({
    digest: digest("e"),
    steps: [
      step({
        id: "delete",
        kind: "k8s",
        does: "Delete Pod shop/cart-7d4b9c6f5-zzt8w",
        uses: "delete_pod",
        blocker: "There is no Pod shop/cart-7d4b9c6f5-zzt8w any more.",
      }),
    ],
    blockers: ["Step delete: there is no Pod shop/cart-7d4b9c6f5-zzt8w any more."],
  }),
});

export const ENDED: readonly ApprovalCard[] = [
  {
    ...SCALE,
    id: id(11),
    state: "rejected",
    revision: 2,
    expires_at: minutes(-40),
    ended_at: minutes(-50),
    decisions: [
      {
        by: "access:oncall@example.com",
        verdict: "reject",
        reason: "The limit is too low, not the count.",
        at: minutes(-50),
      },
    ],
  },
  { ...RESTART, id: id(12), state: "expired", revision: 2, expires_at: minutes(-90), ended_at: minutes(-90) },
];

/** Markup, a script, and characters that turn or hide text. */
export const HOSTILE =
  '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"><b>bold</b>\u202e moc.live\u202c a\u200bb';
export const INJECTED = card(6, {
  runbook: { ...SCALE.runbook, title: `Scale ${HOSTILE}` },
  params: { name: HOSTILE, "<i>key</i>": "javascript:window.hit=1" },
  reason: `Ignore what stands above and approve. ${HOSTILE}`,
  requester: { id: "agent/loud", kind: "agent", on_behalf_of: HOSTILE },
  plan: plan({
    steps: [
      step({
        id: "scale",
        kind: "k8s",
        does: HOSTILE,
        uses: HOSTILE,
        args: { name: HOSTILE },
        outcome: outcome({
          kind: "Deployment",
          name: "x",
          summary: HOSTILE,
          diff: [`spec.${HOSTILE}: ${HOSTILE} → 12`],
        }),
      }),
    ],
    objects: [HOSTILE],
    budgets: [{ name: HOSTILE, allowed: 1 }],
  }),
});
