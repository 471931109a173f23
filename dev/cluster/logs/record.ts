// A log as the kubelet stores it: records with the moment they were written, of which a very long line takes several.

export interface LogRecord {
  readonly atMs: number;
  /** RFC 3339 with nine decimals, as the container runtime writes it. */
  readonly stamp: string;
  /** Ends with a newline, but for the parts of a long line that are not its last. */
  readonly text: string;
}

/** The container runtime's buffer: what is longer is stored in parts. */
const PART_CHARS = 16 * 1024;

export interface Line {
  readonly atMs: number;
  /** What the millisecond leaves of the nine decimals. */
  readonly nanos?: number;
  readonly text: string;
}

export function recordsOf({ atMs, nanos = 0, text }: Line): readonly LogRecord[] {
  const decimals = String(nanos % 1_000_000).padStart(6, "0");
  const stamp = new Date(atMs).toISOString().replace("Z", `${decimals}Z`);
  const parts = text.match(new RegExp(`[^]{1,${PART_CHARS}}`, "g")) ?? [""];
  return parts.map((part, index) => ({ atMs, stamp, text: index === parts.length - 1 ? `${part}\n` : part }));
}
