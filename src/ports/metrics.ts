// What the object that counts for the whole deployment is told, and what it is asked.

import type { Checked, Overview } from "./health.ts";

/** How things stand at one sink of the audit log. */
export interface SinkStanding {
  readonly atMs: number;
  /** Offered, and not in Postgres. */
  readonly backlogRows: number;
  /** When the oldest of them was written. */
  readonly oldestMs: number | undefined;
  readonly lastInsertAtMs: number | undefined;
  /** Whose rows reached Postgres in the minute before. */
  readonly activeChains: number;
  readonly activeSessions: number;
}

export interface MetricsReport {
  /** What to add: see metrics/tally. */
  readonly counts: Readonly<Record<string, number>>;
  readonly sink?: { readonly name: string; readonly standing: SinkStanding } | undefined;
}

/** What a page of the console may have to look at again. */
export type Activity = "calls" | "sessions" | "keys" | "audit" | "health";

/** Of the catalogue: who is registered, and how many of them came within the last minute. */
export interface Census {
  readonly registered: number;
  readonly opened: number;
}

export interface ApprovalCounts {
  readonly states: Readonly<Record<string, number>>;
  /** When the oldest that nobody has decided was asked for. */
  readonly oldestWaitingMs: number | undefined;
}

/** The remote methods of the object that counts, for whoever tells it something. */
export interface MetricsStub {
  report(report: MetricsReport): Promise<void>;
  changed(activity: Activity): Promise<void>;
}

/** And for whoever asks it. */
export interface MetricsDesk extends MetricsStub {
  /** Asked anew every ten seconds at most, however often it is called. */
  checks(): Promise<readonly Checked[]>;
  overview(): Promise<Overview>;
  exposition(): Promise<string>;
  /** The upgrade of an open page. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}
