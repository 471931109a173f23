// A runbook as an author would write it, small enough to keep in mind: read a Deployment, judge it, restart it, wait, tell.

import { digestOf } from "../../src/runbooks/digest.ts";
import { Runbook } from "../../src/runbooks/runbook.ts";
import type * as z from "zod";
import type { PublishedRunbook } from "../../src/runbooks/runbook.ts";

export type Written = z.input<ReturnType<typeof Runbook>>;
export type WrittenStep = Written["steps"][number];

const TARGET = { namespace: "${params.namespace}", name: "${params.name}" };

export const STEPS = {
  before: {
    id: "before",
    tool: "k8s.get_workload",
    args: { ...TARGET, kind: "Deployment" },
    save: ["workload.desired", "revisions.*.revision"],
  },
  guard: {
    id: "guard",
    check: { expr: "steps.before.workload.desired > 1", message: "It has a single replica." },
  },
  restart: { id: "restart", k8s: { action: "rollout_restart", ...TARGET } },
  settled: {
    id: "settled",
    wait: {
      tool: "k8s.get_workload",
      args: { ...TARGET, kind: "Deployment" },
      until: "result.workload.ready == result.workload.desired",
      timeout: "5m",
    },
  },
  tell: { id: "tell", notify: { channel: "oncall", message: "Restarted ${params.name}." } },
} satisfies Readonly<Record<string, WrittenStep>>;

export function written(changes: Partial<Written> = {}): Written {
  return {
    apiVersion: "runbooks/v1",
    id: "sample",
    version: 1,
    title: "A sample",
    description: "Restarts a Deployment and waits for it.",
    risk: "medium",
    approvals: { required: 1 },
    limits: { timeout: "10m" },
    parameters: {
      type: "object",
      additionalProperties: false,
      required: ["namespace", "name"],
      properties: {
        namespace: { type: "string", description: "Where" },
        name: { type: "string", description: "Which" },
        replicas: { type: "integer", description: "How many", minimum: 1, maximum: 9, default: 2 },
      },
    },
    steps: Object.values(STEPS),
    ...changes,
  };
}

export function published(changes: Partial<Written> = {}): PublishedRunbook {
  const runbook = Runbook().parse(written(changes));
  return { ...runbook, digest: digestOf(runbook) };
}
