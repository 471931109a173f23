// Approvals for tests: who asks, what for, and who decides.

import { createPolicy } from "../../src/access/policy.ts";
import { START_MS } from "./clock.ts";
import type { Principal } from "../../src/access/principal.ts";
import type { Deciding } from "../../src/ports/approval-console.ts";
import type { Approval, NewApproval, Redemption } from "../../src/ports/approvals.ts";

const everywhere = { clusters: ["*"], namespaces: ["*"] };

export const POLICY = createPolicy({
  operator: { grants: [{ permissions: ["runbooks:request", "runbooks:execute"], ...everywhere }] },
  approver: { grants: [{ permissions: ["runbooks:read", "runbooks:approve"], ...everywhere }] },
  "prod-approver": { grants: [{ permissions: ["runbooks:approve"], clusters: ["prod"], namespaces: ["shop"] }] },
  commander: {
    grants: [{ permissions: ["runbooks:approve", "runbooks:break_glass", "runbooks:kill"], ...everywhere }],
  },
  "prod-killer": { grants: [{ permissions: ["runbooks:kill"], clusters: ["prod"], namespaces: ["*"] }] },
  "sre-oncall": { grants: [] },
});

const HOUR_MS = 3_600_000;

export function robot(changes: Partial<Principal> = {}): Principal {
  return {
    id: "agent:atlas",
    kind: "agent",
    roles: ["operator"],
    credential: { kind: "token", provider: "okta" },
    expiresAtMs: START_MS + HOUR_MS,
    ...changes,
  };
}

export function person(id: string, changes: Partial<Principal> = {}): Principal {
  return {
    id,
    kind: "human",
    roles: ["approver"],
    credential: { kind: "token", provider: "okta" },
    expiresAtMs: START_MS + HOUR_MS,
    ...changes,
  };
}

export function asked(changes: Partial<NewApproval> = {}): NewApproval {
  return {
    runbook: { id: "restart", version: 3, digest: "d1", title: "Rolling restart", risk: "medium" },
    cluster: "prod",
    namespace: "shop",
    params: { namespace: "shop", name: "web" },
    paramsDigest: "p1",
    plan: {
      steps: [{ id: "restart", kind: "k8s", does: "Restart Deployment shop/web", uses: "rollout_restart", args: {} }],
      on_failure: [{ id: "undo", kind: "k8s", does: "Roll it back", uses: "rollout_undo", args: {} }],
      objects: ["Deployment shop/web"],
      pods: 3,
      budgets: [],
      blockers: [],
      digest: "l1",
    },
    policyVersion: POLICY.version,
    requester: robot(),
    required: 1,
    from: [],
    reasonRequired: false,
    lifetimeMs: 900_000,
    limits: { cooldownMs: 0, maxConcurrent: 1 },
    ...changes,
  };
}

export function approval(changes: Partial<Approval> = {}): Approval {
  return {
    ...asked(),
    id: "00000000-0000-4000-8000-000000000001",
    state: "requested",
    requestedAtMs: START_MS,
    expiresAtMs: START_MS + 900_000,
    decisions: [],
    mismatches: 0,
    revision: 1,
    ...changes,
  };
}

/** As somebody who looked at it just now. */
export function deciding(approval: Approval, by: Principal, changes: Partial<Deciding> = {}): Deciding {
  const { id, revision, plan } = approval;
  return { id, by, verdict: "approve", revision, planDigest: plan.digest, ...changes };
}

export function presented(approval: Approval, changes: Partial<Redemption> = {}): Redemption {
  return {
    approvalId: approval.id,
    principal: approval.requester,
    runbookDigest: approval.runbook.digest,
    paramsDigest: approval.paramsDigest,
    planDigest: approval.plan.digest,
    policyVersion: approval.policyVersion,
    ...changes,
  };
}
