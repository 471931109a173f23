// How long to wait before the next attempt: longer each time, and never the same for everybody.

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** `chance` is between 0 and 1: a deployment that restarts must not meet all its pages in the same moment. */
export function backoffMs(failures: number, chance: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(most / 2 + (most / 2) * chance);
}
