// Answers one PromQL expression over a span of time.
import { durationMs, momentMs } from "../contract/index.ts";
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { checked, configured, passOn } from "./guard.ts";
import { groupingLabel, hoist, unlessEmpty } from "./labels.ts";
import { descending } from "./numbers.ts";
import { emptyHint } from "./query-metrics.ts";
import { lineOf } from "./series-line.ts";
import { MAX_POINTS, stepFor } from "./step.ts";
import { tooMuch } from "./too-much.ts";

import type * as z from "zod";
import type { ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { MatrixItem } from "./api-answer.ts";
import type { RangeQuery } from "./client.ts";
import type { Line } from "./series-line.ts";

type Asked = z.output<typeof ROUTES.queryMetricsRange.request>;
type Data = z.input<typeof ROUTES.queryMetricsRange.data>;
type Span = Omit<RangeQuery, "query">;

const MAX_SPAN_MS = 31 * 86_400_000;
/** What a model can still read as numbers. */
const MAX_VALUES = 600;

export const queryMetricsRange: Handles<typeof ROUTES.queryMetricsRange> = async (asked, reading) => {
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const query = checked(asked.query, reading);
  if (!query.ok) return query;
  const span = spanOf(asked, reading);
  if (!span.ok) return span;

  const { signal } = reading;
  const answered = await prometheus.value.queryRange({ query: query.value.normalised, ...span.value }, signal);
  const isTooMuch = answered.ok ? answered.value.isCut : answered.error.reason === "too_much";
  if (isTooMuch) return err(await tooMuch(query.value, prometheus.value, signal));
  if (!answered.ok) return answered;

  const { data, warnings } = answered.value;
  if (data.resultType !== "matrix") return fail("cluster_unavailable", "Prometheus answered in an unknown form");
  passOn(warnings, reading);
  const shown = dataOf(data.result, asked, span.value);
  return ok(data.result.length === 0 ? { ...shown, hint: emptyHint(query.value) } : shown);
};

function spanOf({ start, end, step }: Asked, { now, warn }: Reading): Result<Span, Failure> {
  const startMs = momentMs(start, now());
  const endMs = Math.min(momentMs(end, now()), now());
  if (endMs <= startMs) return fail("invalid_request", "end must be after start, and start in the past");
  if (endMs - startMs > MAX_SPAN_MS)
    return fail("invalid_request", "start and end may be 31d apart at most; ask in parts");
  const asked = step === undefined ? undefined : durationMs(step) / 1000;
  const stepS = stepFor((endMs - startMs) / 1000, asked);
  if (asked !== undefined && stepS > asked) {
    warn(
      `The step was made ${stepS} s, so that a series has ${MAX_POINTS} points at most; a shorter span allows a shorter step.`,
    );
  }
  return ok({ startMs, endMs, stepS });
}

function dataOf(result: readonly MatrixItem[], { limit, mode }: Asked, span: Span): Data {
  const lines = result.map((item) => ({ labels: item.metric, line: lineOf(item.values, span) }));
  const shown = lines.toSorted((a, b) => descending(a.line.highest, b.line.highest)).slice(0, limit);
  const { common, own } = hoist(shown.map(({ labels }) => labels));
  const values = shown.reduce((total, { line }) => total + line.points.length, 0);
  const withPoints = mode === "points" || (mode === "auto" && values <= MAX_VALUES);

  return {
    ...unlessEmpty("common_labels", common),
    start: new Date(span.startMs).toISOString(),
    end: new Date(span.endMs).toISOString(),
    step_s: span.stepS,
    mode: withPoints ? "points" : "stats",
    series: shown.map(({ line: { stats, points } }, index) => ({
      ...unlessEmpty("labels", own[index] ?? {}),
      stats,
      ...(withPoints && { points: [...points] }),
    })),
    total_series: result.length,
    ...hintFor(lines, { shown: shown.length, withPoints, span }),
  };
}

interface Shown {
  readonly shown: number;
  readonly withPoints: boolean;
  readonly span: Span;
}

function hintFor(
  lines: readonly { readonly labels: Record<string, string>; readonly line: Line }[],
  { shown, withPoints, span }: Shown,
): { hint?: string } {
  const hints: string[] = [];
  if (lines.length > shown) {
    const label = groupingLabel(lines.map(({ labels }) => labels));
    const grouped = label === undefined ? "" : `, or sum by (${label}) (…)`;
    hints.push(`There are ${lines.length} series, those with the highest values are shown: use topk(10, …)${grouped}.`);
  }
  if (!withPoints) {
    const perSeries = Math.floor((span.endMs - span.startMs) / 1000 / span.stepS) + 1;
    hints.push(`For points ask again with mode: points and limit: ${Math.max(1, Math.floor(MAX_VALUES / perSeries))}.`);
  }
  return hints.length === 0 ? {} : { hint: hints.join(" ") };
}
