// Answers one PromQL expression at one moment: the samples that matter most, and what can be said about all of them.
import { momentMs } from "../contract/index.ts";
import { err, ok } from "../result.ts";
import { safe } from "../safe.ts";
import { checked, configured, passOn } from "./guard.ts";
import { groupingLabel, hoist, unlessEmpty } from "./labels.ts";
import { descending, parseValue, rounded, shownValue } from "./numbers.ts";
import { tooMuch } from "./too-much.ts";

import type * as z from "zod";
import type { ROUTES, Sample } from "../contract/index.ts";
import type { Checked } from "../contract/promql/index.ts";
import type { Handles } from "../reading.ts";
import type { Point, QueryData, VectorItem } from "./api-answer.ts";

type Asked = z.output<typeof ROUTES.queryMetrics.request>;
type Data = z.input<typeof ROUTES.queryMetrics.data>;

const MAX_STRING_LENGTH = 2_000;
/** Of a range selector; more is what the range question is for. */
const MAX_VALUES = 120;

export const queryMetrics: Handles<typeof ROUTES.queryMetrics> = async (asked, reading) => {
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const query = checked(asked.query, reading);
  if (!query.ok) return query;

  const { signal, now } = reading;
  const timeMs = asked.time === "now" ? undefined : momentMs(asked.time, now());
  const answered = await prometheus.value.query({ query: query.value.normalised, timeMs }, signal);
  const isTooMuch = answered.ok ? answered.value.isCut : answered.error.reason === "too_much";
  if (isTooMuch) return err(await tooMuch(query.value, prometheus.value, signal));
  if (!answered.ok) return answered;

  passOn(answered.value.warnings, reading);
  const data = dataOf(answered.value.data, asked);
  const hint = hintFor(data, answered.value.data, query.value);
  return ok({ ...data, ...(hint !== undefined && { hint }) });
};

function dataOf(data: QueryData, asked: Asked): Data {
  switch (data.resultType) {
    case "scalar":
      return { type: "scalar", samples: [sampleOf(data.result)], total_series: 1 };
    case "string": {
      const [ts, text] = data.result;
      return { type: "string", samples: [{ ts, value: safe(text, MAX_STRING_LENGTH) }], total_series: 1 };
    }
    case "vector":
      return listed("vector", data.result.map(vectorSeries), asked);
    case "matrix":
      return listed("matrix", data.result.map(matrixSeries), asked);
  }
}

interface Found {
  readonly labels: Record<string, string>;
  readonly number: number;
  readonly sample: Sample;
}

function listed(type: "vector" | "matrix", found: readonly Found[], { sort, limit }: Asked): Data {
  const ordered = sort === "none" ? found : found.toSorted((a, b) => descending(a.number, b.number));
  const shown = ordered.slice(0, limit);
  const { common, own } = hoist(shown.map(({ labels }) => labels));
  return {
    type,
    ...unlessEmpty("common_labels", common),
    samples: shown.map(({ sample }, index) => ({ ...unlessEmpty("labels", own[index] ?? {}), ...sample })),
    total_series: found.length,
    ...statsOf(found.map(({ number }) => number).filter(Number.isFinite)),
  };
}

function vectorSeries({ metric, value, histogram }: VectorItem): Found {
  if (value) return { labels: metric, number: parseValue(value[1]), sample: sampleOf(value) };
  const [ts, { count, sum }] = histogram ?? [0, { count: "NaN", sum: "NaN" }];
  const shown = { count: shownValue(parseValue(count)), sum: shownValue(parseValue(sum)) };
  return { labels: metric, number: parseValue(count), sample: { ts, histogram: shown } };
}

function matrixSeries({ metric, values }: { metric: Record<string, string>; values: readonly Point[] }): Found {
  const newest = values.slice(-MAX_VALUES);
  const last = newest.at(-1) ?? [0, "NaN"];
  const shown = newest.map(([ts, text]): [number, number | string] => [ts, shownValue(parseValue(text))]);
  return { labels: metric, number: parseValue(last[1]), sample: { ...sampleOf(last), values: shown } };
}

function sampleOf([ts, text]: Point): Sample {
  return { value: shownValue(parseValue(text)), ts };
}

function statsOf(numbers: readonly number[]): Pick<Data, "stats"> {
  if (numbers.length < 2) return {};
  const sum = numbers.reduce((total, number) => total + number, 0);
  const [min, max] = numbers.reduce(
    ([low, high], number) => [Math.min(low, number), Math.max(high, number)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  // A sum of finite numbers may be beyond what a double holds.
  if (!Number.isFinite(sum)) return {};
  return { stats: { min: rounded(min), max: rounded(max), sum: rounded(sum), avg: rounded(sum / numbers.length) } };
}

function hintFor({ samples, total_series }: Data, data: QueryData, query: Checked): string | undefined {
  if (total_series === 0) return emptyHint(query);
  if (total_series <= samples.length || data.resultType === "scalar" || data.resultType === "string") return undefined;
  const label = groupingLabel(data.result.map(({ metric }) => metric));
  const grouped = label === undefined ? "" : `, or group them: sum by (${safe(label, 64)}) (…)`;
  return `There are ${total_series} series: use topk(20, …)${grouped}.`;
}

/** Nothing found is an answer; what to look at next depends on the question. */
export function emptyHint({ selectors }: Checked): string {
  const [first] = selectors;
  if (!first) return "The expression gives nothing: a comparison may have dropped it.";
  const metric = first.metric === undefined ? "" : ` of ${safe(first.metric, 128)}`;
  return `No series match then: check the name with prom.list_metrics, the labels${metric} with prom.describe_metric.`;
}
