// What a chart shows: numbers by the bucket of time that they belong to.

/** Each has a colour of its own in the light and in the dark; none is told by its colour alone. */
export type ChartTone = "ok" | "failed" | "refused" | "other" | "low" | "middle" | "high";

export interface ChartSeries {
  readonly key: string;
  readonly title: string;
  readonly tone: ChartTone;
  /** One for each bucket; null where there is nothing to say. */
  readonly values: readonly (number | null)[];
  /** For the whole time; shown as long as nobody points at a bucket. */
  readonly overall: string;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Figures {
  /** When each bucket begins, oldest first. */
  readonly atMs: readonly number[];
  readonly bucketMs: number;
  /** The first at the bottom, where they are stacked. */
  readonly series: readonly ChartSeries[];
}

export function bucketOf({ atMs, bucketMs }: Figures, index: number): Span {
  const fromMs = atMs[index] ?? 0;
  return { fromMs, toMs: fromMs + bucketMs };
}

/** The bucket in which a moment lies. */
export function indexAt({ atMs, bucketMs }: Figures, moment: number): number | undefined {
  const first = atMs[0];
  if (first === undefined) return undefined;
  const index = Math.floor((moment - first) / bucketMs);
  return index >= 0 && index < atMs.length ? index : undefined;
}

/** Whole buckets: nobody can mean a part of a bar. */
export function widened(figures: Figures, { fromMs, toMs }: Span): Span | undefined {
  const { atMs, bucketMs } = figures;
  const first = atMs[0];
  if (first === undefined) return undefined;
  const clamp = (index: number) => Math.min(atMs.length, Math.max(0, index));
  const from = clamp(Math.floor((fromMs - first) / bucketMs));
  const to = clamp(Math.ceil((toMs - first) / bucketMs));
  return to > from ? { fromMs: first + from * bucketMs, toMs: first + to * bucketMs } : undefined;
}

/** Of each series, itself and all below it. */
export function stacked(series: readonly ChartSeries[]): readonly (readonly number[])[] {
  const sums: number[][] = [];
  for (const { values } of series) {
    const below = sums.at(-1);
    sums.push(values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return sums;
}
