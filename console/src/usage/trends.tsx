// Calls and how long they took, over time. Dragging over either narrows the time.

import { useMemo } from "preact/hooks";
import { Chart } from "../chart/chart.tsx";
import { during } from "../filter/filtering.ts";
import { countOf, sayCount, saySpan, sayShare, sayShort } from "../parts/number.ts";
import type { ChartSeries, Figures } from "../chart/figures.ts";
import type { Filtering } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

export interface TrendsProps {
  readonly usage: Usage;
  readonly filtering: Filtering;
}

export function Trends({ usage, filtering: { filter, to } }: TrendsProps) {
  const calls = useMemo(() => callsOf(usage), [usage]);
  const latency = useMemo(() => latencyOf(usage), [usage]);
  const { total } = usage;
  return (
    <div class="trends">
      <Chart
        title="Calls"
        summary={`${countOf(total.calls, "call")} over time: ${sayShare(total.failed, total.calls)} failed, ${sayShare(total.refused, total.calls)} were refused. The same as a table: the button Table.`}
        figures={calls}
        shape="stacked"
        sayValue={sayShort}
        heightPx={168}
        leadsTo={(span) => to(during(filter, span))}
      />
      <Chart
        title="How long they took"
        summary={`Percentiles of how long calls took, over time: half less than ${say(total.p50_ms)}, 95% less than ${say(total.p95_ms)}, 99% less than ${say(total.p99_ms)}. The same as a table: the button Table.`}
        figures={latency}
        shape="lines"
        sayValue={saySpan}
        heightPx={168}
        leadsTo={(span) => to(during(filter, span))}
      />
    </div>
  );
}

function callsOf({ series, total, bucket_s: bucketS }: Usage): Figures {
  const { calls, failed, refused } = total;
  const parts: readonly ChartSeries[] = [
    // Whatever neither failed nor was refused: what went well, and what was cancelled.
    {
      key: "ok",
      title: "ok",
      tone: "ok",
      values: series.map((bucket) => Math.max(0, bucket.calls - bucket.failed - bucket.refused)),
      overall: sayCount(Math.max(0, calls - failed - refused)),
    },
    {
      key: "failed",
      title: "failed",
      tone: "failed",
      values: series.map((bucket) => bucket.failed),
      overall: sayCount(failed),
    },
    {
      key: "refused",
      title: "refused",
      tone: "refused",
      values: series.map((bucket) => bucket.refused),
      overall: sayCount(refused),
    },
  ];
  return { atMs: series.map(({ at }) => Date.parse(at)), bucketMs: bucketS * 1_000, series: parts };
}

const PERCENTILES = [
  ["p50_ms", "p50", "low"],
  ["p95_ms", "p95", "middle"],
  ["p99_ms", "p99", "high"],
] as const;

function latencyOf({ series, total, bucket_s: bucketS }: Usage): Figures {
  const lines = PERCENTILES.map(([key, title, tone]): ChartSeries => ({
    key,
    title,
    tone,
    values: series.map((bucket) => bucket[key]),
    overall: say(total[key]),
  }));
  return { atMs: series.map(({ at }) => Date.parse(at)), bucketMs: bucketS * 1_000, series: lines };
}

function say(ms: number | null): string {
  return ms === null ? "–" : saySpan(ms);
}
