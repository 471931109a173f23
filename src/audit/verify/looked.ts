// How far a look at what has arrived came, and what it found: the order is that of arrival, by Postgres's clock.

import type { Finding } from "./finding.ts";

export interface Looked {
  /** Everything that arrived before was looked at. */
  readonly upToMs: number;
  readonly rows: number;
  readonly found: readonly ArrivedFinding[];
}

/** With when it arrived: what came at `upToMs` or later is looked at again, and told of then. */
export interface ArrivedFinding {
  readonly arrivedAtMs: number;
  readonly finding: Finding;
}

/** Microseconds are cut off. */
export function arrivedAtMs(moment: string): number {
  return Date.parse(moment);
}
