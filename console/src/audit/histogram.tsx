// How many calls there were when, and how they ended. Dragging over it narrows the time.

import { Chart } from "../chart/chart.tsx";
import { during } from "../filter/filtering.ts";
import { countOf, sayCount, sayShare, sayShort } from "../parts/number.ts";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import type { ChartSeries, Figures } from "../chart/figures.ts";
import type { Filtering } from "../filter/filtering.ts";
import type { Loaded } from "../state/resource.ts";
import type { AuditSummary } from "./api.ts";
import { useMemo } from "preact/hooks";

export interface HistogramProps {
  readonly filtering: Filtering;
  readonly shown: Loaded<AuditSummary>;
  readonly onRetry: () => void;
}

export function Histogram({ filtering, shown, onRetry }: HistogramProps) {
  if (shown.is === "loading") return <Loading what="how many there were" rows={1} />;
  if (shown.is === "failed") return <Failed what="What was counted" problem={shown.problem} onRetry={onRetry} />;
  return (
    <>
      {shown.problem && <Outdated problem={shown.problem} onRetry={onRetry} />}
      <Drawn filtering={filtering} summary={shown.value} />
    </>
  );
}

function Drawn({
  filtering: { filter, to },
  summary,
}: Pick<HistogramProps, "filtering"> & { readonly summary: AuditSummary }) {
  const figures = useMemo(() => figuresOf(summary), [summary]);
  return (
    <Chart
      title={countOf(summary.total, "entry", "entries")}
      summary={sayAll(summary)}
      figures={figures}
      shape="stacked"
      sayValue={sayShort}
      leadsTo={(span) => to(during(filter, span))}
    />
  );
}

const ENDS = [
  ["ok", "ok"],
  ["failed", "failed"],
  ["refused", "refused"],
  ["other", "other"],
] as const;

function figuresOf({ histogram, bucket_s: bucketS }: AuditSummary): Figures {
  const series = ENDS.map(([key, title]): ChartSeries => {
    const values = histogram.map((bucket) => bucket[key]);
    return { key, title, tone: key, values, overall: sayCount(sum(values)) };
  });
  return { atMs: histogram.map(({ at }) => Date.parse(at)), bucketMs: bucketS * 1_000, series };
}

function sayAll({ histogram, total }: AuditSummary): string {
  const parts = ENDS.map(([key, title]) => {
    const count = sum(histogram.map((bucket) => bucket[key]));
    return `${sayCount(count)} ${title} (${sayShare(count, total)})`;
  });
  return `Entries over time, stacked by how they ended: ${parts.join(", ")}. The same as a table: the button Table.`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
