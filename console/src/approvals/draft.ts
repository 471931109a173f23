// What somebody has begun to say about an approval.

import type { Verdict } from "../api/contract.ts";

export interface Draft {
  readonly verdict: Verdict;
  readonly reason: string;
  /** The runbook's id, typed again where that is asked for. */
  readonly typed: string;
}

export const emptyDraft = (verdict: Verdict): Draft => ({ verdict, reason: "", typed: "" });
