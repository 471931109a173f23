// What somebody has begun to say about an approval.

import type { Verdict } from "../api/contract.ts";

export interface Draft {
  /** Which form is open; none after it was left with Cancel, which keeps the words. */
  readonly open: Verdict | undefined;
  readonly reason: string;
  /** The runbook's id, typed again where that is asked for. */
  readonly typed: string;
}

export const EMPTY_DRAFT: Draft = { open: undefined, reason: "", typed: "" };
