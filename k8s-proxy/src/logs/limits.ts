// What one search may cost. Each of these is told in the answer when it is hit.

export interface LogLimits {
  readonly podBytes: number;
  readonly totalBytes: number;
  readonly timeMs: number;
  readonly pods: number;
  /** Of one container, where the newest are wanted: `limitBytes` alone would count from the oldest. */
  readonly tailLines: number;
}

const MIB = 1024 * 1024;

/** With two searches at a time these stay within the 256 MiB that the proxy's pod is given. */
export const LIMITS: LogLimits = {
  podBytes: 16 * MIB,
  totalBytes: 64 * MIB,
  timeMs: 15_000,
  pods: 50,
  tailLines: 200_000,
};

/** Streams that are read beside each other in one search. */
export const STREAMS_AT_ONCE = 6;

/** Of a line as it is shown. */
export const MAX_LINE_LENGTH = 2_048;
/** Of a line as it is looked at; what a program writes behind that is not read as text. */
export const MAX_READ_LENGTH = 16_384;
