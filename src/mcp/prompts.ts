// The methods prompts/list and prompts/get.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { lookingAround, principalIdOf } from "./context.ts";
import { openExchange, voiceOf } from "./exchange.ts";
import { inputRequired, missingCapability, openRound, RoundParams, undeclared } from "./rounds.ts";
import { fieldsOf } from "./words.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Prompt } from "../tool/prompt.ts";
import type { Asked } from "./context.ts";

/** The same for everyone, and changed by a new deployment only. */
const LIST = { ttlMs: 3_600_000, cacheScope: "public" } as const;

export async function promptsList({ peer, words }: Asked): Promise<Reply> {
  const caller = await lookingAround(peer);
  if (!caller.ok) return { error: caller.error };
  return { result: words.result(fieldsOf({ prompts: peer.toolset.prompts.map(listed) }), LIST) };
}

function listed({ name, title, description, arguments: args }: Prompt): object {
  const shown = args.map(({ name, description, required }) => ({ name, description, required }));
  return { name, title, description, ...(shown.length > 0 && { arguments: shown }) };
}

const GetParams = once(() =>
  z.object({
    name: z.string(),
    arguments: z.record(z.string(), z.string().max(2_000)).optional(),
    ...RoundParams().shape,
  }),
);

export async function promptsGet(params: Params, asked: Asked): Promise<Reply> {
  const { peer, words, meta, form } = asked;
  const caller = await lookingAround(peer);
  if (!caller.ok) return { error: caller.error };
  const parsed = GetParams().safeParse(params);
  if (!parsed.success) return invalid('prompts/get takes {"name": "<prompt>", "arguments": {"<name>": "<text>"}}.');
  const { name, arguments: args = {}, ...given } = parsed.data;
  const prompt = peer.toolset.prompts.find((one) => one.name === name);
  if (!prompt)
    return invalid(`There is no prompt ${JSON.stringify(name.slice(0, 64))}: prompts/list shows what there is.`);
  const missing = prompt.arguments.filter(({ name, required }) => required && !Object.hasOwn(args, name));
  if (missing.length > 0) return invalid(`This prompt needs ${missing.map(({ name }) => name).join(", ")}.`);

  const question = { tool: `prompts/get ${name}`, principalId: principalIdOf(peer), args };
  const round = openRound(given, question, peer.rounds);
  if (!round.ok) return { error: round.error };
  const said = prompt.messages(args, openExchange(meta, voiceOf(meta, peer.out), round.value));
  if (said.ok) return { result: words.result(fieldsOf({ description: prompt.description, messages: said.value })) };
  const undeclaredOnes = undeclared(said.error, meta.client);
  if (undeclaredOnes || form !== "modern") return { error: missingCapability(undeclaredOnes ?? {}) };
  return { result: inputRequired(said.error, round.value, (text) => peer.rounds.seal(text, question)) };
}

function invalid(message: string): Reply {
  return { error: rpcError("invalid_params", message) };
}
