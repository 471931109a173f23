// One line of a watch as it leaves: without secrets by the deployment's own patterns too, and no longer than the contract says.
import { MAX_WATCH_LINE_BYTES } from "../contract/index.ts";
import { countRedactions, redactAnswer } from "../redact/answer.ts";

import type { WatchLine } from "../contract/index.ts";
import type { Redact } from "../redact/redact.ts";

export interface SafeLine {
  readonly bytes: Uint8Array;
  /** For the metrics. */
  readonly told: number;
  readonly omitted: number;
  readonly redactions: Readonly<Record<string, number>>;
}

const encoder = new TextEncoder();

export function safeLine(line: WatchLine, redact: Redact): SafeLine {
  if (line.type !== "changed") return { bytes: encoded(line), told: 0, omitted: 0, redactions: {} };
  const { changes, omitted = 0 } = line;
  const safe = redactAnswer({ changes }, redact);
  const bytes = encoded({ ...line, ...safe });
  if (bytes.length <= MAX_WATCH_LINE_BYTES || changes.length === 0) {
    return { bytes, told: changes.length, omitted, redactions: countRedactions(safe) };
  }
  const kept = changes.slice(0, Math.floor(changes.length / 2));
  return safeLine({ ...line, changes: kept, omitted: omitted + changes.length - kept.length }, redact);
}

function encoded(line: object): Uint8Array {
  return encoder.encode(`${JSON.stringify(line)}\n`);
}
