// Take it back: the request for an approval, an approval that was not used, or a run between two of its steps.

import * as z from "zod";
import { outside } from "../approvals/refusal.ts";
import { ApprovalView, view } from "../approvals/view.ts";
import { ok } from "../result.ts";
import { runView, RunView } from "../runbooks/run-view.ts";
import { defineTool } from "../tool/tool.ts";
import { ApprovalId } from "./runbook-parameters.ts";

export const runbookCancel = defineTool({
  name: "runbook.cancel",
  description:
    "Cancel what you asked for: an open request or unused approval ends; a run stops before its next step, and what was done stays done.",
  effect: "write",
  requires: "runbooks:request",
  rate: "20/minute",
  uses: ["approvals", "approvalTokens", "consoleUrl", "runs"],
  input: () => z.strictObject({ approval_id: ApprovalId() }),
  output: () => z.object({ approval: ApprovalView(), run: RunView().optional() }),

  async run({ approval_id }, uses, { grant }) {
    const principalId = grant.principal.id;
    const found = await uses.approvals.get(approval_id, principalId);
    if (!found.ok) return outside(found.error, uses);
    const { runId } = found.value;
    if (runId === undefined) {
      const cancelled = await uses.approvals.cancel(approval_id, principalId);
      return cancelled.ok ? ok({ approval: await view(cancelled.value, uses) }) : outside(cancelled.error, uses);
    }
    const run = await uses.runs.cancel(runId, principalId);
    if (!run.ok) return run;
    return ok({ approval: await view(found.value, uses), ...(run.value && { run: runView(run.value) }) });
  },
});
