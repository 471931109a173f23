// Numbers over time, drawn; beside the drawing the same numbers as words, and as a table for whoever has no use for a drawing.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { sayMoment } from "../parts/clock.ts";
import { ChartTable } from "./chart-table.tsx";
import { bucketOf } from "./figures.ts";
import { usePlot } from "./use-plot.ts";
import type { ChartProps } from "./chart-props.ts";
import type { ChartSeries, Span } from "./figures.ts";

export function Chart({ title, summary, figures, shape, sayValue, heightPx = 132, leadsTo }: ChartProps) {
  const { navigator } = useConsole();
  const [isTable, setTable] = useState(false);
  const onBrush = leadsTo && ((span: Span) => navigator.go(leadsTo(span)));
  const { root, place, pointed } = usePlot({ figures, shape, heightPx, sayValue, onBrush });
  return (
    <figure class="chart" ref={root}>
      <figcaption class="chart-head">
        <h2>{title}</h2>
        <Legend figures={figures} pointed={pointed} sayValue={sayValue} />
        <button type="button" class="button button-small" aria-expanded={isTable} onClick={() => setTable(!isTable)}>
          Table
        </button>
      </figcaption>
      <div class="chart-plot" role="img" aria-label={summary} ref={place} />
      {isTable && <ChartTable title={title} figures={figures} sayValue={sayValue} leadsTo={leadsTo} />}
    </figure>
  );
}

interface LegendProps extends Pick<ChartProps, "figures" | "sayValue"> {
  readonly pointed: number | undefined;
}

/** Names the colours; says the numbers of the bucket that is pointed at, else those of the whole time. */
function Legend({ figures, pointed, sayValue }: LegendProps) {
  const { clock } = useConsole();
  const valueOf = ({ values, overall }: ChartSeries) => {
    if (pointed === undefined) return overall;
    const value = values[pointed] ?? null;
    return value === null ? "–" : sayValue(value);
  };
  return (
    <div class="legend">
      <ul>
        {figures.series.map((series) => (
          <li key={series.key}>
            <span class={`swatch tone-${series.tone}`} data-tone={series.tone} aria-hidden="true" />
            {series.title} <b>{valueOf(series)}</b>
          </li>
        ))}
      </ul>
      <span class="legend-when">
        {pointed !== undefined && sayMoment(new Date(bucketOf(figures, pointed).fromMs).toISOString(), clock.nowMs())}
      </span>
    </div>
  );
}
