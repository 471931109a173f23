// What may be told of a call outside the audit log.

import type { Outcome } from "../audit/record.ts";

/** Names and numbers of ours. */
export interface CallSummary {
  readonly callId: string;
  /** Undefined for one that does not exist: its name is the caller's own text. */
  readonly tool: string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly durationMs: number;
}
