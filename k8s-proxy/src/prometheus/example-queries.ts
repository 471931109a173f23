// How a metric is usually asked, given what it is: a start for whoever meets it for the first time.
import { namespaceMatcher } from "../contract/promql/index.ts";

import type { Reach } from "../reach.ts";

export interface Described {
  readonly metric: string;
  readonly type: string | undefined;
  /** Those with few values first. */
  readonly labels: readonly { readonly name: string; readonly values_count: number }[];
  readonly reach: Reach;
}

const WINDOW = "[5m]";

export function examplesFor({ metric, type, labels, reach }: Described): string[] {
  const where = reach.isEverything ? "" : `{${namespaceMatcher(reach.patterns)}}`;
  const label = labels.find(
    ({ name, values_count }) => values_count > 1 && /^[a-zA-Z_]\w*$/.test(name) && name !== "le",
  );
  const by = label === undefined ? "" : ` by (${label.name})`;
  const histogram = /^(.*)_(bucket|sum|count)$/.exec(metric)?.[1];

  if (type === "histogram" && histogram !== undefined) {
    return [
      `histogram_quantile(0.95, sum by (le) (rate(${histogram}_bucket${where}${WINDOW})))`,
      `sum(rate(${histogram}_sum${where}${WINDOW})) / sum(rate(${histogram}_count${where}${WINDOW}))`,
    ];
  }
  if (type === "counter" || (type === undefined && metric.endsWith("_total"))) {
    return [`sum${by} (rate(${metric}${where}${WINDOW}))`, `sum${by} (increase(${metric}${where}[1h]))`];
  }
  return [`avg${by} (${metric}${where})`, `max_over_time(${metric}${where}[1h])`];
}
