// What is added to every answer: when it was true, how long it took, and what its reader has to know.
import { countRedactions } from "./redact/answer.ts";

import type { Observed } from "./contract/index.ts";

export interface Timing {
  readonly startedAt: number;
  readonly now: number;
  readonly warnings: string[];
}

export function observed(data: object, { startedAt, now, warnings }: Timing): object & Observed {
  return {
    ...data,
    observed_at: new Date(startedAt).toISOString(),
    took_ms: now - startedAt,
    redactions: countRedactions(data),
    warnings,
  };
}
