// Which part of a log is served, in the kubelet's order: the tail first, then what is new enough, then as many bytes as may be.
import type { LogRecord } from "./record.ts";

export interface LogOptions {
  readonly tailLines?: number;
  /** Milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly limitBytes?: number;
  readonly timestamps: boolean;
}

/** The limit counts from the oldest selected line and cuts wherever it is reached, be it inside a line or a character. */
export function select(records: readonly LogRecord[], options: LogOptions): Buffer {
  const { tailLines, sinceMs = 0, limitBytes, timestamps } = options;
  const tail = tailLines === undefined ? records : records.slice(records.length - Math.min(tailLines, records.length));
  let isLineStart = true;
  const text: string[] = [];
  for (const record of tail) {
    if (record.atMs < sinceMs) continue;
    text.push(timestamps && isLineStart ? `${record.stamp} ${record.text}` : record.text);
    isLineStart = record.text.endsWith("\n");
  }
  return Buffer.from(text.join("")).subarray(0, limitBytes);
}
