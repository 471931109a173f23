// What became of it: the decision on an approval, and the run that it led to.

import * as z from "zod";
import { awaitDecision } from "../approvals/await-decision.ts";
import { outside } from "../approvals/refusal.ts";
import { ApprovalView, view } from "../approvals/view.ts";
import { err, ok } from "../result.ts";
import { awaitRun, runView, RunView } from "../runbooks/run-view.ts";
import { defineTool } from "../tool/tool.ts";
import { ApprovalId, RunId } from "./runbook-parameters.ts";
import type { Approval } from "../ports/approvals.ts";
import type { Result } from "../result.ts";
import type { Capabilities } from "../tool/capabilities.ts";
import type { Failure } from "../tool/failure.ts";
import type { Call } from "../tool/tool.ts";

type Uses = Pick<Capabilities, "approvals" | "approvalTokens" | "consoleUrl" | "runs">;

/** Below a tool's own limit, with room to answer. */
const MAX_WAIT_S = 20;

export const runbookGetRun = defineTool({
  name: "runbook.get_run",
  description:
    "What became of an approval you asked for (with the approval_token once a human approved) and of its run, step by step. wait_s waits for the next decision or the run's end.",
  effect: "read",
  requires: "runbooks:read",
  rate: "60/minute",
  timeoutMs: 25_000,
  maxResultBytes: 80 * 1024,
  omitFromAudit: [],
  uses: ["approvals", "approvalTokens", "consoleUrl", "runs"],
  input: () =>
    z.strictObject({
      approval_id: ApprovalId().optional(),
      run_id: RunId().optional(),
      wait_s: z.int().min(0).max(MAX_WAIT_S).default(0).describe("Wait this long for news"),
    }),
  output: () => z.object({ approval: ApprovalView().optional(), run: RunView().optional() }),

  async run({ approval_id, run_id, wait_s }, uses, call) {
    const id = approval_id ?? run_id?.replace(/^rb-/, "");
    if (id === undefined) return err(NEITHER);
    const untilMs = call.now() + wait_s * 1_000;
    const approval = await approvalOf(id, untilMs, { uses, call });
    if (!approval.ok) return approval;

    const shown = await view(approval.value, uses);
    const { runId } = approval.value;
    if (runId === undefined) return ok({ approval: shown });
    const { signal, now, exchange, grant } = call;
    const { progress } = exchange;
    const run = await awaitRun(runId, {
      runs: uses.runs,
      principalId: grant.principal.id,
      now,
      untilMs,
      signal,
      progress,
    });
    return run.ok ? ok({ approval: shown, run: runView(run.value) }) : run;
  },
});

const NEITHER: Failure = {
  kind: "invalid_params",
  issues: [
    { path: "", message: "give approval_id or run_id: runbook.request_approval and runbook.execute return them" },
  ],
};

async function approvalOf(
  id: string,
  untilMs: number,
  { uses, call }: { readonly uses: Uses; readonly call: Call },
): Promise<Result<Approval, Failure>> {
  const { approvals } = uses;
  const { signal, now, exchange, grant } = call;
  const principalId = grant.principal.id;
  const first = await approvals.get(id, principalId);
  if (!first.ok) return outside(first.error, uses);
  const onRound = () => exchange.progress({ progress: now(), message: "Waiting for a human to decide" });
  const decided = await awaitDecision(first.value, untilMs, { approvals, principalId, now, signal, onRound });
  if (decided.ok) return decided;
  return decided.error.kind === "cancelled" ? err(decided.error) : outside(decided.error, uses);
}
