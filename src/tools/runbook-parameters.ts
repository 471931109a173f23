// What the tools of runbooks are told: which one, with what, and where.

import * as z from "zod";
import { once } from "../once.ts";
import { Cluster } from "../reading/cluster.ts";

export const RunbookRef = once(() => z.string().max(63).describe("Id from runbook.list"));

/** Judged by the runbook's own parameters, all faults at once. */
export const RunbookParams = once(() => z.record(z.string(), z.unknown()).describe("As runbook.list has them"));

export const RunbookAsked = once(() =>
  z.strictObject({
    runbook_id: RunbookRef(),
    params: RunbookParams().default({}),
    cluster: Cluster().optional(),
  }),
);

export const ApprovalId = once(() =>
  z
    .string()
    .regex(/^[0-9a-f-]{36}$/)
    .describe("From runbook.request_approval"),
);
export const RunId = once(() =>
  z
    .string()
    .regex(/^rb-[0-9a-f-]{36}$/)
    .describe("From runbook.execute"),
);
