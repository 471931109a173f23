// Where a list goes on, as the caller holds it: a position in what that very caller was shown.

import { err, ok } from "../result.ts";
import { seals } from "./seal.ts";
import type { Result } from "../result.ts";
import type { Refused } from "./failure.ts";
import type { Question } from "./seal.ts";

export interface Cursors {
  readonly seal: (position: string, question: Question) => string;
  readonly open: (cursor: string, question: Question) => Result<string, Refused>;
}

/** The API server forgets its own continue tokens after some minutes. */
const LIFETIME_MS = 5 * 60_000;

const WHY = {
  foreign: "is not of this tool with these arguments",
  expired: "is older than five minutes",
} as const;

export function cursors({ secret, now }: { readonly secret: string; readonly now: () => number }): Cursors {
  const { seal, open } = seals({ secret, purpose: "gatehouse cursor v1", lifetimeMs: LIFETIME_MS, now });
  return {
    seal,
    open(cursor, question) {
      const opened = open(cursor, question);
      if (opened.ok) return ok(opened.value);
      const message = `The cursor ${WHY[opened.error]}: start the list again without it.`;
      return err({ kind: "cursor_expired", message });
    },
  };
}
