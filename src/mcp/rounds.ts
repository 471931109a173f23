// Questions in rounds (2026-07-28, basic/patterns/mrtr): what a call knows so far travels with its client, sealed.

import * as z from "zod";
import { rpcError } from "../jsonrpc/codes.ts";
import { err, ok } from "../result.ts";
import { missingFor } from "../tool/exchange.ts";
import { FIRST_ROUND } from "./exchange.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Result } from "../result.ts";
import type { ClientCapabilities, InputRequired } from "../tool/exchange.ts";
import type { Question, Seals } from "../tool/seal.ts";
import type { Round } from "./exchange.ts";

/** Long enough for a person to answer. */
export const ROUND_LIFETIME_MS = 15 * 60_000;

/** Whoever answers more than this is asked for something no tool of ours asks. */
const MAX_STATE_LENGTH = 128 * 1024;

export const RoundParams = z.object({
  inputResponses: z.record(z.string(), z.unknown()).optional(),
  requestState: z.string().max(MAX_STATE_LENGTH).optional(),
});

const Kept = z.object({ answers: z.record(z.string(), z.unknown()), state: z.unknown().optional() });

/** What is known after the client's answers. State that is not ours, or not of this very request, is refused. */
export function openRound(
  { inputResponses = {}, requestState }: z.output<typeof RoundParams>,
  question: Question,
  seals: Seals,
): Result<Round, RpcError> {
  if (requestState === undefined) return ok({ ...FIRST_ROUND, answers: inputResponses });
  const opened = seals.open(requestState, question);
  if (!opened.ok) return err(rpcError("invalid_params", WHY[opened.error]));
  const kept = Kept.parse(JSON.parse(opened.value));
  return ok({ answers: { ...kept.answers, ...inputResponses }, state: kept.state });
}

const WHY = {
  foreign: "This requestState was not given to you for this request: send the request again without it.",
  expired: "This requestState is older than fifteen minutes: send the request again without it.",
} as const;

/** The inside of an InputRequiredResult. */
export function inputRequired(
  { questions, state }: InputRequired,
  { answers }: Round,
  seal: (text: string) => string,
): string {
  const requestState = seal(JSON.stringify({ answers, state }));
  const meta = `"resultType":"input_required","inputRequests":${JSON.stringify(questions)}`;
  return `{${meta},"requestState":${JSON.stringify(requestState)}}`;
}

/** Nothing is asked for that the client has not declared (§Server Requirements 7). */
export function undeclared({ questions }: InputRequired, client: ClientCapabilities): ClientCapabilities | undefined {
  const missing = Object.values(questions).flatMap((question) => missingFor(question, client) ?? []);
  return missing.length === 0 ? undefined : missing.reduce((all, one) => ({ ...all, ...one }));
}

export function missingCapability(required: ClientCapabilities): RpcError {
  const names = Object.keys(required).join(", ");
  const message = `This needs a capability that your client has not declared: ${names}.`;
  return rpcError("missing_client_capability", message, { requiredCapabilities: required });
}
