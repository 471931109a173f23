// Ask a human. What is approved is exactly what was asked for: this runbook, these parameters, this plan.

import * as z from "zod";
import { ApprovalView, view } from "../approvals/view.ts";
import { askApproval, choose, targetOfArguments } from "../runbooks/prepare.ts";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";
import { RunbookAsked } from "./runbook-parameters.ts";

export const runbookRequestApproval = defineTool({
  name: "runbook.request_approval",
  description:
    "Ask a human to approve a runbook with these parameters. You are told of the decision (mcp.approval.changed, with the token to execute with), or ask runbook.get_run. Say why in reason.",
  effect: "write",
  requires: "runbooks:request",
  rate: "10/minute",
  cost: 5,
  timeoutMs: 25_000,
  uses: ["actions", "approvals", "approvalTokens", "clusters", "consoleUrl", "policyVersion"],
  target: targetOfArguments,
  input: () =>
    RunbookAsked().extend({
      reason: z.string().max(500).optional().describe("Why you want it, for whoever decides"),
    }),
  output: ApprovalView,

  async run({ reason, ...input }, uses, call) {
    const chosen = choose(input, uses.clusters.names);
    if (!chosen.ok) return chosen;
    const asked = await askApproval(chosen.value, { ...uses, call, reason });
    return asked.ok ? ok(await view(asked.value, uses)) : asked;
  },
});
