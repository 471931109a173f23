// How far apart the points of a range are: so that a series has no more of them than can be read.

export const MAX_POINTS = 120;

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
/** Below this most servers have nothing new to tell. */
const SHORTEST = 15;

const STEPS_S = [
  ...[SHORTEST, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY],
] as const;

/** In seconds: the one asked for where it is long enough, else the next one that a person would choose. */
export function stepFor(spanS: number, askedS: number | undefined): number {
  const least = spanS / (MAX_POINTS - 1);
  if (askedS !== undefined && askedS > 0 && askedS >= least) return askedS;
  return STEPS_S.find((step) => step >= least) ?? Math.ceil(least);
}
