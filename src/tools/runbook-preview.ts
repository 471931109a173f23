// What a runbook would do here and now. Nothing is executed.

import * as z from "zod";
import { choose, planFor, targetOfArguments, Plan } from "../runbooks/prepare.ts";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";
import { RunbookAsked } from "./runbook-parameters.ts";

export const runbookPreview = defineTool({
  name: "runbook.preview",
  description:
    "Render a runbook's plan against the live cluster: each step, a server dry run of each change with its diff, blast radius, who must approve. Nothing is executed.",
  effect: "read",
  requires: "runbooks:read",
  rate: "10/minute",
  cost: 5,
  timeoutMs: 25_000,
  maxResultBytes: 80 * 1024,
  uses: ["actions", "clusters"],
  target: targetOfArguments,
  input: RunbookAsked,
  output: () =>
    z.object({
      runbook: z.string(),
      title: z.string(),
      risk: z.string(),
      cluster: z.string(),
      params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      /** How many people, and of which roles. None: it changes nothing and runs without asking. */
      approval: z.object({ required: z.int(), from: z.array(z.string()) }),
      plan: Plan(),
      next: z.string(),
    }),

  async run(input, { actions, clusters }, call) {
    const chosen = choose(input, clusters.names);
    if (!chosen.ok) return chosen;
    const plan = await planFor(chosen.value, { actions, call });
    if (!plan.ok) return plan;

    const { runbook, params, cluster } = chosen.value;
    const { id, version, title, risk, approvals } = runbook;
    const { required, from } = approvals;
    const possible = required > 0 ? ASK : EXECUTE;
    const next = plan.value.blockers.length > 0 ? BLOCKED : possible;
    const approval = { required, from };
    return ok({ runbook: `${id}@${version}`, title, risk, cluster, params, approval, plan: plan.value, next });
  },
});

const BLOCKED = "It cannot run as things are: see plan.blockers.";
const ASK = "runbook.request_approval with the same arguments asks a human.";
const EXECUTE = "runbook.execute with the same arguments runs it: it changes nothing.";
