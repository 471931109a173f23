// The method tools/call: at once, in rounds of questions, or as a task.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { toError } from "../reply/to-error.ts";
import { principalIdOf, runTool } from "./context.ts";
import { FIRST_ROUND, openExchange, voiceOf } from "./exchange.ts";
import { inputRequired, missingCapability, openRound, RoundParams, undeclared } from "./rounds.ts";
import { taskFields } from "./tasks.ts";
import { failureFields, protocolError, successFields } from "./tool-result.ts";
import { speaks, TASKS_EXTENSION } from "./versions.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Result } from "../result.ts";
import type { Progress } from "../tool/exchange.ts";
import type { Failure } from "../tool/failure.ts";
import type { Asked } from "./context.ts";
import type { Round, Voice } from "./exchange.ts";
import type { Settled, TaskCall } from "./tasks.ts";

const CallParams = once(() =>
  z.object({
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()).optional(),
    ...RoundParams().shape,
  }),
);

const USAGE = 'tools/call takes {"name": "<tool>", "arguments": {…}}.';
/** Whoever has not said all it needs by then never will. */
const MAX_ROUNDS = 10;

export async function toolsCall(params: Params, signal: AbortSignal, asked: Asked): Promise<Reply | undefined> {
  const voice = voiceOf(asked.meta, asked.peer.out);
  signal.addEventListener("abort", voice.end, { once: true });
  return call(params, signal, { asked, voice }).finally(voice.end);
}

interface Turn {
  readonly asked: Asked;
  readonly voice: Voice;
}

async function call(params: Params, signal: AbortSignal, { asked, voice }: Turn): Promise<Reply | undefined> {
  const parsed = CallParams().safeParse(params);
  if (!parsed.success) return { error: rpcError("invalid_params", USAGE) };
  const { name, arguments: args = {}, ...given } = parsed.data;
  const question = { tool: name, principalId: principalIdOf(asked.peer), args };

  if (asked.form !== "modern") return plain(await converse({ name, args }, signal, { asked, voice }));
  const round = openRound(given, question, asked.peer.rounds);
  if (!round.ok) return { error: round.error };
  const seal = (text: string) => asked.peer.rounds.seal(text, question);
  const taskCall = {
    principalId: question.principalId,
    call: { name, args },
    round: round.value,
    work: workOf({ name, args }, asked, voice),
  };
  const { tasks } = asked.peer;
  if (!tasks || !asked.meta.client.extensions?.[TASKS_EXTENSION]) {
    return reply(await taskCall.work(round.value, signal, () => undefined), signal, seal);
  }
  const ended = await tasks.run(taskCall, signal);
  if (ended.ok) return reply(ended.value, signal, seal);
  return { result: `{"resultType":"task",${taskFields(ended.error, false)}}` };
}

/** The call of a task or of a message, with whatever is known by then. */
export function workOf(
  call: TaskCall["call"],
  asked: Asked,
  { progress, log }: Pick<Voice, "progress" | "log">,
): TaskCall["work"] {
  return async (round, signal, onProgress) => {
    const heard = (step: Progress) => {
      progress(step);
      if (step.message !== undefined) onProgress(step.message);
    };
    const exchange = openExchange(asked.meta, { progress: heard, log }, round);
    const outcome = await runTool({ ...call, signal, exchange }, asked);
    return settle(outcome, { name: call.name, round, asked });
  };
}

interface Settling {
  readonly name: string;
  readonly round: Round;
  readonly asked: Asked;
}

function settle(outcome: Result<string, Failure>, { name, round, asked }: Settling): Settled {
  const { peer, meta, words, form } = asked;
  if (outcome.ok) {
    const isStructured = form === "modern" || speaks(form).structuredContent;
    return {
      kind: "result",
      json: words.result(successFields(outcome.value, peer.session.registry.get(name), isStructured)),
    };
  }
  const failure = outcome.error;
  if (failure.kind === "input_required") {
    const missing = undeclared(failure, meta.client);
    if (!missing) return { kind: "input_required", asked: failure, round };
    return { kind: "error", error: missingCapability(missing) };
  }
  if (failure.kind === "capability_missing") return { kind: "error", error: missingCapability(failure.required) };
  if (failure.kind === "cancelled") return { kind: "error", error: toError(failure) };
  const error = protocolError(failure);
  return error ? { kind: "error", error } : { kind: "result", json: words.result(failureFields(toError(failure))) };
}

/** After a cancellation nothing more is said for this id (2026-07-28, basic/patterns/cancellation). */
function reply(settled: Settled, signal: AbortSignal, seal: (text: string) => string): Reply | undefined {
  if (signal.aborted) return undefined;
  switch (settled.kind) {
    case "result":
      return { result: settled.json };
    case "error":
      return { error: settled.error };
    case "input_required":
      return { result: inputRequired(settled.asked, settled.round, seal) };
  }
}

/** Who shook hands is asked by requests of ours, and the call runs again with each round of answers. */
async function converse(
  call: TaskCall["call"],
  signal: AbortSignal,
  { asked, voice }: Turn,
): Promise<Settled | undefined> {
  let round = FIRST_ROUND;
  const isGone = () => signal.aborted;
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const settled = await workOf(call, asked, voice)(round, signal, () => undefined);
    if (isGone()) return undefined;
    if (settled.kind !== "input_required") return settled;

    const answers: Record<string, unknown> = { ...settled.round.answers };
    for (const [key, question] of Object.entries(settled.asked.questions)) {
      const answered = await asked.peer.questions.ask(question, asked.peer.out, signal);
      if (isGone()) return undefined;
      if (!answered.ok) return unanswered(answered.error.message ?? answered.error.kind, asked);
      answers[key] = answered.value;
    }
    round = { answers, state: settled.asked.state };
  }
  return unanswered("too many questions", asked);
}

function unanswered(why: string, { words }: Asked): Settled {
  const error = rpcError(
    "capability_missing",
    `A question of this call was not answered (${why}), so it was not made.`,
  );
  return { kind: "result", json: words.result(failureFields(error)) };
}

/** Codes of the modern revision are not an older one's: there a missing capability is a result that says so. */
function plain(settled: Settled | undefined): Reply | undefined {
  if (!settled) return undefined;
  if (settled.kind === "result") return { result: settled.json };
  if (settled.kind === "input_required") return undefined;
  const { error } = settled;
  return error.data.reason === "missing_client_capability" ? { result: `{${failureFields(error)}}` } : { error };
}
