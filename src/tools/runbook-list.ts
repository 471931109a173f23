// Which runbooks there are, and what each one asks for.

import * as z from "zod";
import { publishedRunbooks, summaryOf, RunbookSummary } from "../runbooks/prepare.ts";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";

export const runbookList = defineTool({
  name: "runbook.list",
  description: "Runbooks: prepared changes a human approves. What each does, its risk, parameters and steps.",
  effect: "read",
  requires: "runbooks:read",
  rate: "30/minute",
  uses: ["actions", "clusters"],
  target: (_input, [cluster = ""]) => ok({ cluster, keepsToGrant: true }),
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      runbooks: z.array(RunbookSummary()),
      /** Where steps that change something can run. */
      clusters_with_actions: z.array(z.string()),
    }),

  run(_input, { actions }) {
    const runbooks = publishedRunbooks().map(summaryOf);
    return Promise.resolve(ok({ runbooks, clusters_with_actions: [...actions.installed] }));
  },
});
