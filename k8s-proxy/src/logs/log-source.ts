// What is asked of logs, how their lines are handed over, and what is reported of the reading, whatever keeps them.
import type { LogSummary, LogTruncated } from "../contract/index.ts";

export interface LogQuestion {
  readonly namespace: string;
  readonly isPod: (name: string) => boolean;
  /** Checked, as the API server takes it. */
  readonly labelSelector?: string | undefined;
  readonly container?: string | undefined;
  readonly previous: boolean;
  /** Zero: from the beginning. */
  readonly sinceMs: number;
  /** Inclusive. */
  readonly untilMs: number;
  /** Which end of the logs must not be missing where a budget is hit. */
  readonly order: "newest" | "oldest";
}

export interface LogSource {
  readonly pod: string;
  readonly container: string;
}

/** One line, already redacted and of visible characters only: whoever takes it can never see more than that. */
export type TakeLine = (atMs: number, text: string) => void;

export interface LogSink {
  /** For a run of lines of one container that follow each other, in the order of time. */
  open(source: LogSource): TakeLine;
}

export type FailedLog = LogSummary["pods_failed"][number];

export interface ReadReport {
  readonly scannedLines: number;
  readonly scannedBytes: number;
  readonly podsMatched: number;
  readonly podsScanned: number;
  readonly podsFailed: readonly FailedLog[];
  readonly truncated: LogTruncated;
}
