// Answers a search through the logs of many pods. The order is fixed: a line is made safe first, and judged only then.
import { ok } from "../result.ts";
import { HitCollector } from "./hit-collector.ts";
import { judgeOf } from "./judge.ts";
import { backendFor, summaryOf, warnOfNothing } from "./log-answer.ts";
import { questionOf } from "./question.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";

type SearchLogs = Handles<typeof ROUTES.searchLogs>;

export const searchLogs: SearchLogs = (asked, reading) =>
  reading.logSearches.take(() => search(asked, reading), reading.signal);

const search: SearchLogs = async (asked, reading) => {
  const question = questionOf(asked, reading.now());
  if (!question.ok) return question;
  const judge = judgeOf(asked);
  if (!judge.ok) return judge;

  const { order, limit, context, dedupe } = asked;
  const collector = new HitCollector({ judge: judge.value, order, limit, context, dedupe });
  const report = await backendFor(question.value, reading).read(question.value, collector, reading);
  if (!report.ok) return report;

  warnOfNothing(report.value, question.value, reading);
  const summary = summaryOf(report.value, collector.levels);
  const { lines, shown } = collector.collected();
  const { truncated } = report.value;
  return ok({
    lines: [...lines],
    summary,
    truncated: { ...truncated, ...(shown < summary.matched && { lines: true }) },
  });
};
