// How uPlot is to draw: its options, made of figures and colours. Its own legend is off: that would be in nobody's style.

import type uPlot from "uplot";
import { sayTick } from "./ticks.ts";
import { bucketOf, indexAt, stacked, widened } from "./figures.ts";
import type { Figures, Span } from "./figures.ts";
import type { Palette } from "./palette.ts";

export type ChartShape = "stacked" | "lines";

export interface Plotted {
  /** Asked whenever something is drawn, because they change while the plot stays. */
  readonly figures: () => Figures;
  readonly palette: () => Palette;
  readonly shape: ChartShape;
  readonly sayValue: (value: number) => string;
  readonly onPoint: (index: number | undefined) => void;
  readonly onBrush: ((span: Span) => void) | undefined;
}

const AXIS_PX = { x: 24, y: 52 } as const;
/** Lines are told apart without their colours, too. */
const DASHES = [[], [6, 3], [2, 3]] as const;

export function dataOf({ atMs, series }: Figures, shape: ChartShape): uPlot.AlignedData {
  const xs = atMs.map((ms) => ms / 1_000);
  if (shape === "stacked") return [xs, ...stacked(series).map((sums) => [...sums])];
  return [xs, ...series.map(({ values }) => [...values])];
}

export function optionsOf(plotted: Plotted, size: { readonly width: number; readonly height: number }): uPlot.Options {
  const { figures, shape } = plotted;
  return {
    ...size,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    scales: { x: { time: true, range: () => rangeOf(figures()) }, y: { range: (_plot, _low, high) => [0, top(high)] } },
    axes: axesOf(plotted),
    series: [{}, ...(shape === "stacked" ? barsOf(plotted) : linesOf(plotted))],
    cursor: cursorOf(plotted),
    hooks: {
      setCursor: [(plot) => plotted.onPoint(pointedAt(plot, figures()))],
      setSelect: [(plot) => brush(plot, plotted)],
    },
  };
}

function rangeOf(figures: Figures): uPlot.Range.MinMax {
  const last = bucketOf(figures, figures.atMs.length - 1);
  return [(figures.atMs[0] ?? 0) / 1_000, last.toMs / 1_000];
}

/** Something to draw on, even where there is nothing to draw. */
function top(high: number | null): number {
  return high === null || high <= 0 ? 1 : high * 1.08;
}

function axesOf({ palette, sayValue }: Plotted): uPlot.Axis[] {
  const looks: uPlot.Axis = {
    stroke: () => palette().ink,
    font: palette().font,
    grid: { stroke: () => palette().line, width: 1 },
    ticks: { show: false },
    gap: 6,
  };
  return [
    {
      ...looks,
      size: AXIS_PX.x,
      space: 72,
      grid: { show: false },
      values: (...[, splits, , , apart]) => splits.map((at) => sayTick(at, apart)),
    },
    {
      ...looks,
      size: AXIS_PX.y,
      space: 36,
      values: (_plot, splits) => splits.map((value) => (Number.isInteger(value) ? sayValue(value) : "")),
    },
  ];
}

function barsOf({ figures, palette }: Plotted): uPlot.Series[] {
  return figures().series.map(({ title, tone }) => ({
    label: title,
    fill: () => palette().of(tone),
    width: 0,
    points: { show: false },
    paths: (plot, index) => ({ fill: barsPath(plot, figures(), index - 1) }),
  }));
}

/** Between one bar and the next: an eighth of both, where there is room for that. */
const GAP = 0.12;
/** One among a thousand is seen. */
const LEAST_PX = 1;

/** Each from where the one below it ends, in whole pixels: drawn over one another, their colours would show at the edges. */
function barsPath(plot: uPlot, figures: Figures, index: number): Path2D {
  const { atMs, bucketMs, series } = figures;
  const sums = stacked(series);
  const x = (ms: number) => Math.round(plot.valToPos(ms / 1_000, "x", true));
  const y = (value: number) => Math.round(plot.valToPos(value, "y", true));
  const path = new Path2D();
  for (const [bucket, ms] of atMs.entries()) {
    const [from, to] = [sums[index - 1]?.[bucket] ?? 0, sums[index]?.[bucket] ?? 0];
    if (to <= from) continue;
    const [left, right, top, bottom] = [x(ms), x(ms + bucketMs), y(to), y(from)];
    const width = right - left - Math.round((right - left) * GAP);
    path.rect(left, top, Math.max(LEAST_PX, width), Math.max(LEAST_PX, bottom - top));
  }
  return path;
}

function linesOf({ figures, palette }: Plotted): uPlot.Series[] {
  return figures().series.map(({ title, tone }, index) => ({
    label: title,
    stroke: () => palette().of(tone),
    width: 1.75,
    dash: [...(DASHES[index % DASHES.length] ?? [])],
    spanGaps: false,
    // A value between two gaps has no line that would show it.
    points: { show: true, size: 3, fill: () => palette().of(tone), filter: lonely },
  }));
}

function lonely(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex];
  if (!values) return [];
  const isThere = (index: number) => values[index] !== null && values[index] !== undefined;
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
}

function cursorOf({ shape, onBrush, figures }: Plotted): uPlot.Cursor {
  return {
    y: false,
    points: { show: shape === "lines", size: 6 },
    drag: { x: onBrush !== undefined, y: false, setScale: false },
    dataIdx: (plot, _series, closest) =>
      indexAt(figures(), plot.posToVal(plot.cursor.left ?? -1, "x") * 1_000) ?? closest,
  };
}

function pointedAt(plot: uPlot, figures: Figures): number | undefined {
  const { left = -1 } = plot.cursor;
  return left < 0 ? undefined : indexAt(figures, plot.posToVal(left, "x") * 1_000);
}

function brush(plot: uPlot, { figures, onBrush }: Plotted): void {
  const { left, width } = plot.select;
  if (width <= 0) return;
  const [fromMs, toMs] = [left, left + width].map((x) => plot.posToVal(x, "x") * 1_000);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (fromMs === undefined || toMs === undefined) return;
  const span = widened(figures(), { fromMs, toMs });
  if (span) onBrush?.(span);
}
