// How a time is cut into the bars of a chart: whole units, aligned to the clock, and not too many.

/** More than these nobody can tell apart. */
export const MAX_BUCKETS = 120;

const UNITS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600,
];

export interface Buckets {
  readonly bucketS: number;
  /** When each begins, oldest first. */
  readonly startsMs: readonly number[];
}

/** From inclusive, to exclusive; longer than all that is searched it may not be. */
export function bucketsOf(fromMs: number, toMs: number): Buckets {
  const countIn = (unitS: number) =>
    Math.floor((toMs - 1) / (unitS * 1_000)) - Math.floor(fromMs / (unitS * 1_000)) + 1;
  const bucketS = UNITS_S.find((unitS) => countIn(unitS) <= MAX_BUCKETS);
  if (bucketS === undefined) throw new Error("a time that is too long for a chart");
  const firstMs = Math.floor(fromMs / (bucketS * 1_000)) * bucketS * 1_000;
  return {
    bucketS,
    startsMs: Array.from({ length: countIn(bucketS) }, (_, index) => firstMs + index * bucketS * 1_000),
  };
}
