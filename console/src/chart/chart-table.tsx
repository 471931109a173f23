// The numbers of a chart as a table, in which each row leads where dragging over the chart would.

import { useConsole } from "../console-context.ts";
import { sayMoment } from "../parts/clock.ts";
import { Link } from "../router/link.tsx";
import { bucketOf } from "./figures.ts";
import type { ChartProps } from "./chart-props.ts";
import type { Figures } from "./figures.ts";

export type ChartTableProps = Pick<ChartProps, "title" | "figures" | "sayValue"> & {
  readonly leadsTo: ChartProps["leadsTo"] | undefined;
};

export function ChartTable({ title, figures, sayValue, leadsTo }: ChartTableProps) {
  const full = figures.atMs.map((_, index) => index).filter((index) => hasAny(figures, index));
  return (
    <div class="chart-table" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">From</th>
            {figures.series.map(({ key, title: name }) => (
              <th key={key} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {full.map((index) => (
            <tr key={figures.atMs[index]}>
              <th scope="row">
                <When figures={figures} index={index} leadsTo={leadsTo} />
              </th>
              {figures.series.map(({ key, values }) => (
                <td key={key} class="number">
                  {say(values[index] ?? null, sayValue)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {full.length === 0 && <p class="quiet">Nothing happened in this time.</p>}
    </div>
  );
}

interface WhenProps extends Pick<ChartTableProps, "figures" | "leadsTo"> {
  readonly index: number;
}

function When({ figures, index, leadsTo }: WhenProps) {
  const { clock } = useConsole();
  const span = bucketOf(figures, index);
  const words = sayMoment(new Date(span.fromMs).toISOString(), clock.nowMs());
  return leadsTo ? <Link to={leadsTo(span)}>{words}</Link> : <>{words}</>;
}

/** Empty buckets are seen in a drawing, and would only be heard for long in a table. */
function hasAny({ series }: Figures, index: number): boolean {
  return series.some(({ values }) => (values[index] ?? 0) !== 0);
}

function say(value: number | null, sayValue: (value: number) => string): string {
  return value === null ? "–" : sayValue(value);
}
