// Which runbooks there are, and what each one asks for.

import * as z from "zod";
import { runbooks } from "../runbooks/catalogue.ts";
import { RunbookSummary, summaryOf } from "../runbooks/summary.ts";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";

export const runbookList = defineTool({
  name: "runbook.list",
  description: "Runbooks: prepared changes a human approves. What each does, its risk, parameters and steps.",
  effect: "read",
  requires: "runbooks:read",
  rate: "30/minute",
  uses: ["actions"],
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      runbooks: z.array(RunbookSummary()),
      /** Where steps that change something can run. */
      clusters_with_actions: z.array(z.string()),
    }),

  run(_input, { actions }) {
    return Promise.resolve(
      ok({ runbooks: runbooks.all.map(summaryOf), clusters_with_actions: [...actions.installed] }),
    );
  },
});
