// Answers what a metric is: its type, how many series it has, which labels tell them apart, and how to ask for it.
import { checkPromql, namespaceMatcher, quote, writeSelector } from "../contract/promql/index.ts";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { safe } from "../safe.ts";
import { Names, SeriesList } from "./api-answer.ts";
import { configured, namespacesOf, passOn } from "./guard.ts";
import { describe, typeOf } from "./metric-names.ts";
import { examplesFor } from "./example-queries.ts";
import { parseValue } from "./numbers.ts";

import type * as z from "zod";
import type { Labels, ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Prometheus } from "./client.ts";

type Asked = z.output<typeof ROUTES.describeMetric.request>;

const SEEN_WITHIN_S = 3_600;
/** Enough to know the labels by; the number of series is counted apart. */
const MAX_LOOKED_AT = 2_000;
const MAX_VALUES = 100;
const MAX_SAMPLE = 5;
const MAX_VALUE_LENGTH = 256;

export const describeMetric: Handles<typeof ROUTES.describeMetric> = async (asked, reading) => {
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const selector = selectorOf(asked, reading);
  if (!selector.ok) return selector;

  const found = await lookAt(selector.value, prometheus.value, reading);
  if (!found.ok) return found;
  const metadata = await prometheus.value.metadata(reading.signal);
  // What a metric says of itself is said of all its series: to whoever may see none of them it says nothing.
  const isKnown = reading.reach.isEverything || found.value.series > 0;
  const about = metadata.ok && isKnown ? metadata.value : {};
  const values = await valuesOf(asked, selector.value, { prometheus: prometheus.value, reading });
  if (!values.ok) return values;

  const { name: metric, ...rest } = describe(asked.metric, about);
  const { series, labels } = found.value;
  const hint = "No series of that name in the last hour: check it with prom.list_metrics.";
  return ok({
    metric,
    ...rest,
    series,
    labels,
    ...(values.value && { values: values.value }),
    example_queries: examplesFor({ ...asked, type: typeOf(asked.metric, about), labels, reach: reading.reach }),
    ...(series === 0 && { hint }),
  });
};

/** Written here and still checked: what a caller adds between the braces must not end them. */
function selectorOf({ metric, selector = "" }: Asked, { reach }: Reading): Result<string, Failure> {
  const namespace = reach.isEverything ? [] : [namespaceMatcher(reach.patterns)];
  const added = selector
    .trim()
    .replace(/^\{([^]*)\}$/, "$1")
    .trim();
  const matchers = [`__name__=${quote(metric)}`, ...namespace, ...(added === "" ? [] : [added])];
  const passed = checkPromql(`{${matchers.join(",")}}`, { namespaces: namespacesOf(reach) });
  if (!passed.ok) return fail("invalid_request", `selector: ${passed.error}`);
  const [only] = passed.value.selectors;
  if (!passed.value.isSelector || !only) return fail("invalid_request", 'selector must be matchers, such as job="api"');
  return ok(writeSelector(only));
}

interface Looked {
  readonly series: number;
  readonly labels: { name: string; values_count: number; sample: string[] }[];
}

async function lookAt(selector: string, prometheus: Prometheus, reading: Reading): Promise<Result<Looked, Failure>> {
  const { signal, now } = reading;
  const start = Math.floor(now() / 1000) - SEEN_WITHIN_S;
  const query = { "match[]": selector, start, limit: MAX_LOOKED_AT };
  const listed = await prometheus.read({ path: ["series"], query, data: SeriesList }, signal);
  if (!listed.ok) return listed;
  const all = listed.value.data;
  passOn(listed.value.warnings, reading);
  if (!listed.value.isCut) return ok({ series: all.length, labels: labelsOf(all) });

  // The count is of what is there now, which is near enough to what was there within the hour.
  const counted = await prometheus.query({ query: `count(${selector})` }, signal);
  const data = counted.ok ? counted.value.data : undefined;
  const series = data?.resultType === "vector" ? parseValue(data.result[0]?.value?.[1] ?? "0") : 0;
  reading.warn(`Labels were read from ${all.length} of the series: values_count is what was seen there.`);
  return ok({ series: Math.max(series, all.length), labels: labelsOf(all) });
}

/** Those with most values last: they tell series apart, but nobody groups by them. */
function labelsOf(series: readonly Labels[]): Looked["labels"] {
  const values = new Map<string, Set<string>>();
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) {
      if (name !== "__name__") values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  return [...values]
    .map(([name, seen]) => ({
      name: safe(name, MAX_VALUE_LENGTH),
      values_count: seen.size,
      sample: [...seen].slice(0, MAX_SAMPLE).map((value) => safe(value, MAX_VALUE_LENGTH)),
    }))
    .toSorted((a, b) => a.values_count - b.values_count || (a.name < b.name ? -1 : 1));
}

async function valuesOf(
  { label }: Asked,
  selector: string,
  { prometheus, reading }: { readonly prometheus: Prometheus; readonly reading: Reading },
): Promise<Result<string[] | undefined, Failure>> {
  if (label === undefined) return ok(undefined);
  const start = Math.floor(reading.now() / 1000) - SEEN_WITHIN_S;
  const question = { path: ["label", label, "values"], query: { "match[]": selector, start }, data: Names };
  const listed = await prometheus.read(question, reading.signal);
  if (!listed.ok) return listed;
  const all = listed.value.data;
  if (all.length > MAX_VALUES) reading.warn(`${label} has ${all.length} values, of which ${MAX_VALUES} are listed.`);
  return ok(all.slice(0, MAX_VALUES).map((value) => safe(value, MAX_VALUE_LENGTH)));
}
