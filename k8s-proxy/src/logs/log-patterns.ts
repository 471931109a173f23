// Answers what the logs of many pods say over and over: the cheap first look, before any single line is read.
import { ok } from "../result.ts";
import { judgeOf } from "./judge.ts";
import { backendFor, summaryOf, warnOfNothing } from "./log-answer.ts";
import { questionOf } from "./question.ts";
import { TemplateCounter } from "./template-counter.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";

type LogPatterns = Handles<typeof ROUTES.logPatterns>;

export const logPatterns: LogPatterns = (asked, reading) =>
  reading.logSearches.take(() => count(asked, reading), reading.signal);

const count: LogPatterns = async (asked, reading) => {
  const question = questionOf(asked, reading.now());
  if (!question.ok) return question;
  const judge = judgeOf(asked);
  if (!judge.ok) return judge;

  const counter = new TemplateCounter(judge.value);
  const report = await backendFor(question.value, reading).read(question.value, counter, reading);
  if (!report.ok) return report;

  warnOfNothing(report.value, question.value, reading);
  if (counter.isFull)
    reading.warn(`There are more than ${counter.total} patterns; only those seen first were counted.`);
  return ok({
    templates: counter.top(),
    total_templates: counter.total,
    histogram: counter.timeline.buckets(),
    summary: summaryOf(report.value, counter.levels),
    truncated: report.value.truncated,
  });
};
