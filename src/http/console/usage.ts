// The console's Usage page: how much is called, by whom, and how long it takes, out of the audit log.

import { err, ok } from "../../result.ts";
import { answer } from "./answers.ts";
import { questionOf, readingOf, unread } from "./audit-asked.ts";
import { quotasByName } from "./quota-cards.ts";
import type { AuditQuestion, AuditUsage } from "../../ports/audit-reader.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { Usage } from "./contract/usage.ts";
import type { QuotaTold } from "./quota-cards.ts";

export async function showUsage(asked: Asked): Promise<Result<Response, Problem>> {
  const reading = readingOf(asked, "audit:read");
  if (!reading.ok) return reading;
  const { reader, sight } = reading.value;
  const question = questionOf(asked, sight);
  if (!question.ok) return question;

  const used = await reader.usage(question.value, asked.request.signal);
  if (!used.ok) return err(unread(used.error));
  const { request, visit, services } = asked;
  const quotas = await quotasByName(
    used.value.byPrincipal.map(({ id }) => id),
    { keys: services.keyAdmin, quotaUse: services.quotaUse, sight, visitor: visit.principal, signal: request.signal },
  );
  return ok(answer({ ...usageOf(used.value, question.value), by_principal: withQuotas(used.value, quotas) }));
}

function withQuotas({ byPrincipal }: AuditUsage, quotas: ReadonlyMap<string, QuotaTold>): Usage["by_principal"] {
  return byPrincipal.map((row) => {
    const quota = quotas.get(row.id);
    return { ...row, ...(quota !== undefined && { quota }) };
  });
}

type Span = Pick<AuditQuestion, "fromMs" | "toMs">;

function usageOf(usage: AuditUsage, { fromMs, toMs }: Span): Omit<Usage, "by_principal"> {
  const { bucketS, total, series, byTool, refusals } = usage;
  return {
    ...{ from: iso(fromMs), to: iso(toMs), bucket_s: bucketS, total },
    series: series.map(({ atMs, ...counts }) => ({ at: iso(atMs), ...counts })),
    by_tool: [...byTool],
    refusals: [...refusals],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
