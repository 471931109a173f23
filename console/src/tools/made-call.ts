// A call that was made from this page, and what came of it. Kept in memory only: an answer may hold anything.

import { faultIn } from "./message.ts";
import type { Problem } from "../api/problem.ts";
import type { RawAnswer } from "./api.ts";
import type { RpcFault } from "./message.ts";

export interface MadeCall {
  readonly number: number;
  /** On whose page it was made: a request that was written by hand may call another. */
  readonly tool: string;
  readonly sent: string;
  readonly atMs: number;
  readonly came: Came;
}

export type Came =
  | { readonly is: "awaited" }
  | { readonly is: "answer"; readonly answer: RawAnswer; readonly fault: RpcFault | undefined }
  | { readonly is: "problem"; readonly problem: Problem };

/** Answers are up to 80 KB each. */
const MAX_KEPT = 50;

/** Newest first. */
export function withCall(calls: readonly MadeCall[], call: MadeCall): readonly MadeCall[] {
  return [call, ...calls].slice(0, MAX_KEPT);
}

export function withCame(calls: readonly MadeCall[], number: number, came: Came): readonly MadeCall[] {
  return calls.map((call) => (call.number === number ? { ...call, came } : call));
}

export function cameOf(answer: RawAnswer): Came {
  return { is: "answer", answer, fault: faultIn(answer.message) };
}
