// What a chart is given.

import type { Route } from "../router/route.ts";
import type { Figures, Span } from "./figures.ts";
import type { ChartShape } from "./plot.ts";

export interface ChartProps {
  readonly title: string;
  /** What is to be seen, in a sentence. */
  readonly summary: string;
  readonly figures: Figures;
  readonly shape: ChartShape;
  readonly sayValue: (value: number) => string;
  readonly heightPx?: number;
  /** Where a span of time leads: by dragging over it, and by the rows of the table. */
  readonly leadsTo?: (span: Span) => Route;
}
