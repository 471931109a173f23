// Runs to store: whole ones, each of an approval of its own.

import type { Run } from "../../src/ports/runs.ts";

const STARTED_MS = Date.UTC(2026, 0, 15, 12, 0, 0, 123);

export function runOf(changes: Partial<Run> = {}): Run {
  const approvalId = crypto.randomUUID();
  return {
    id: `rb-${approvalId}`,
    approvalId,
    runbook: { id: "restart-deployment", version: 3, digest: "ab".repeat(32), title: "" },
    cluster: "prod",
    namespace: "shop",
    params: { name: "web", replicas: 3, wait: true },
    requester: "agent:atlas",
    approvers: ["human:mia", "human:kai"],
    state: "running",
    steps: [
      {
        id: "restart",
        kind: "k8s",
        phase: "steps",
        state: "done",
        does: "Restart Deployment shop/web",
        message: 'Restarted "it".',
        output: { changed: true, before: { replicas: 2 }, list: [1, null] },
        attempts: 1,
        startedAtMs: STARTED_MS + 1,
        endedAtMs: STARTED_MS + 2_000,
      },
      { id: "two", kind: "check", phase: "steps", state: "pending", does: "Go on", attempts: 0 },
      { id: "restart", kind: "k8s", phase: "on_failure", state: "pending", does: "Roll back", attempts: 0 },
    ],
    startedAtMs: STARTED_MS,
    revision: 4,
    ...changes,
  };
}
