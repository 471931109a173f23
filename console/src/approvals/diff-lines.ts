// A diff of the actions proxy, taken apart: it writes `path: before → after`.

import type { Outcome } from "../api/contract.ts";

export type DiffLine =
  | { readonly path: string; readonly before: string; readonly after: string }
  /** Not to be taken apart with certainty, so shown as it is. */
  | { readonly whole: string };

const ARROW = " → ";

export function diffLines({ diff, before, after }: Pick<Outcome, "diff" | "before" | "after">): readonly DiffLine[] {
  if (diff.length > 0) return diff.map(takeApart);
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return paths
    .filter((path) => before[path] !== after[path])
    .map((path) => ({ path, before: say(before[path]), after: say(after[path]) }));
}

function takeApart(line: string): DiffLine {
  const colon = line.indexOf(": ");
  const arrow = line.indexOf(ARROW);
  // A second arrow belongs to one of the values, and nobody can say to which.
  if (colon < 1 || arrow < colon || line.includes(ARROW, arrow + 1)) return { whole: line };
  return {
    path: line.slice(0, colon),
    before: line.slice(colon + 2, arrow),
    after: line.slice(arrow + ARROW.length),
  };
}

function say(value: string | number | boolean | null | undefined): string {
  return value === undefined || value === null ? "not set" : String(value);
}
