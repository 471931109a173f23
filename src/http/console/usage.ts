// The console's Usage page: how much is called, by whom, and how long it takes, out of the audit log.

import { err, ok } from "../../result.ts";
import { answer } from "./answers.ts";
import { questionOf, readingOf, unread } from "./audit-asked.ts";
import type { AuditUsage } from "../../ports/audit-reader.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { Usage } from "./contract/usage.ts";

export async function showUsage(asked: Asked): Promise<Result<Response, Problem>> {
  const reading = readingOf(asked, "audit:read");
  if (!reading.ok) return reading;
  const { reader, sight } = reading.value;
  const question = questionOf(asked, sight);
  if (!question.ok) return question;

  const used = await reader.usage(question.value, asked.request.signal);
  return used.ok ? ok(answer(usageOf(used.value, question.value))) : err(unread(used.error));
}

function usageOf(usage: AuditUsage, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): Usage {
  const { bucketS, total, series, byTool, byPrincipal, refusals } = usage;
  return {
    ...{ from: iso(fromMs), to: iso(toMs), bucket_s: bucketS, total },
    series: series.map(({ atMs, ...counts }) => ({ at: iso(atMs), ...counts })),
    by_tool: [...byTool],
    by_principal: [...byPrincipal],
    refusals: [...refusals],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
