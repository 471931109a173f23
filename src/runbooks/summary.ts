// A runbook as whoever chooses one sees it.

import * as z from "zod";
import { once } from "../once.ts";
import { describeSteps } from "./describe.ts";
import { inputSchemaOf } from "./parameters.ts";
import { RISKS } from "./runbook.ts";
import type { PublishedRunbook } from "./runbook.ts";

export const RunbookSummary = once(() =>
  z.object({
    id: z.string(),
    version: z.int(),
    title: z.string(),
    description: z.string(),
    risk: z.enum(RISKS),
    /** People who must agree; none where nothing is changed. */
    approvals_required: z.int(),
    /** JSON Schema of `params`. */
    parameters: z.looseObject({}),
    steps: z.array(z.string()),
  }),
);
export type RunbookSummary = z.output<ReturnType<typeof RunbookSummary>>;

export function summaryOf(runbook: PublishedRunbook): RunbookSummary {
  const { id, version, title, description, risk, approvals } = runbook;
  return {
    id,
    version,
    title,
    description,
    risk,
    approvals_required: approvals.required,
    parameters: { ...inputSchemaOf(runbook) },
    steps: describeSteps(runbook).steps.map(({ does }) => does),
  };
}
