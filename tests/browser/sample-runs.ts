// A run on its way, the approval it began with, and two switches that are off.

import { digest, id, minutes, ROLLBACK } from "./samples.ts";
import type { ApprovalCard, KillSwitch, Run } from "../../console/src/api/contract.ts";

export const RUN_ID = `rb-${id(21)}`;
/** Approved, started, and on its way. */
export const STARTED: ApprovalCard = {
  ...ROLLBACK,
  id: id(21),
  state: "consumed",
  revision: 3,
  decisions: [{ by: "access:lead@example.com", verdict: "approve", at: minutes(-2) }],
  ended_at: minutes(-1),
  run_id: RUN_ID,
};

export const RUN: Run = {
  id: RUN_ID,
  approval_id: STARTED.id,
  runbook: { id: "roll-back-deployment", version: 2, digest: digest("1"), title: STARTED.runbook.title },
  cluster: "eu-prod-1",
  namespace: "shop",
  params: STARTED.params,
  requester: "agent/incident-triage",
  approvers: ["access:lead@example.com"],
  state: "running",
  started_at: minutes(-1),
  revision: 5,
  steps: [
    {
      id: "before",
      kind: "tool",
      phase: "steps",
      state: "done",
      does: "Read Deployment shop/checkout",
      started_at: minutes(-1),
      ended_at: minutes(-0.99),
      output: { "spec.replicas": 6, "metadata.generation": 42 },
      attempts: 0,
    },
    {
      id: "guard",
      kind: "check",
      phase: "steps",
      state: "done",
      does: "Revision 41 still exists",
      started_at: minutes(-0.98),
      ended_at: minutes(-0.98),
      attempts: 0,
    },
    {
      id: "undo",
      kind: "k8s",
      phase: "steps",
      state: "done",
      does: "Roll Deployment shop/checkout back to revision 41",
      started_at: minutes(-0.95),
      ended_at: minutes(-0.9),
      message: "Deployment shop/checkout is at revision 41; 6 pods are being replaced.",
      attempts: 0,
    },
    {
      id: "settle",
      kind: "wait",
      phase: "steps",
      state: "waiting",
      does: "Wait until Deployment shop/checkout has 6 of 6 pods available",
      started_at: minutes(-0.9),
      message: "4 of 6 pods are available.",
      attempts: 5,
    },
    {
      id: "tell",
      kind: "notify",
      phase: "steps",
      state: "pending",
      does: "Tell #oncall: rolled back shop/checkout to revision 41",
      attempts: 0,
    },
  ],
};

export const SWITCHES: readonly KillSwitch[] = [
  {
    scope: "runbook",
    name: "drain-node",
    by: "access:oncall@example.com",
    reason: "The storage team moves volumes until 16:00.",
    at: minutes(-75),
    mine: { may_switch_on: false, why_not: "You switched it off, so somebody else must switch it on." },
  },
  {
    scope: "cluster",
    name: "us-prod-2",
    by: "access:lead@example.com",
    reason: "Control plane upgrade in progress.",
    at: minutes(-20),
    mine: { may_switch_on: true },
  },
];
