// The methods of resources: lists, templates and reading. Each resource is a view of a tool the caller may call.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { toError } from "../reply/to-error.ts";
import { findResource, isTemplate } from "../tool/resource.ts";
import { lookingAround, principalIdOf, runTool } from "./context.ts";
import { openExchange, voiceOf } from "./exchange.ts";
import { inputRequired, missingCapability, openRound, RoundParams, undeclared } from "./rounds.ts";
import { fieldsOf } from "./words.ts";
import type { Caller } from "../access/principal.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Resource } from "../tool/resource.ts";
import type { Asked, McpPeer } from "./context.ts";

/** It depends on the caller's roles, which may change within a minute. */
const LIST = { ttlMs: 60_000, cacheScope: "private" } as const;
/** A cluster's state is old as soon as it was read. */
const READ = { ttlMs: 0, cacheScope: "private" } as const;

export async function resourcesList({ peer, words }: Asked): Promise<Reply> {
  const caller = await lookingAround(peer);
  if (!caller.ok) return { error: caller.error };
  const resources = visible(caller.value, peer)
    .filter((resource) => !isTemplate(resource))
    .map((resource) => ({ uri: resource.uri, ...described(resource) }));
  return { result: words.result(fieldsOf({ resources }), LIST) };
}

export async function templatesList({ peer, words }: Asked): Promise<Reply> {
  const caller = await lookingAround(peer);
  if (!caller.ok) return { error: caller.error };
  const resourceTemplates = visible(caller.value, peer)
    .filter(isTemplate)
    .map((resource) => ({ uriTemplate: resource.uri, ...described(resource) }));
  return { result: words.result(fieldsOf({ resourceTemplates }), LIST) };
}

const ReadParams = once(() => z.object({ uri: z.string().max(1024), ...RoundParams().shape }));

export async function resourcesRead(params: Params, signal: AbortSignal, asked: Asked): Promise<Reply | undefined> {
  const { peer, words, meta, form } = asked;
  const parsed = ReadParams().safeParse(params);
  if (!parsed.success) return { error: rpcError("invalid_params", 'resources/read takes {"uri": "<uri>"}.') };
  const { uri, ...given } = parsed.data;
  const found = findResource(uri, peer.toolset.resources);
  if (!found) return { error: unknownResource(uri, form) };

  const { resource, variables } = found;
  const question = { tool: `resources/read ${uri}`, principalId: principalIdOf(peer), args: {} };
  const round = openRound(given, question, peer.rounds);
  if (!round.ok) return { error: round.error };
  const voice = voiceOf(meta, peer.out);
  signal.addEventListener("abort", voice.end, { once: true });
  const exchange = openExchange(meta, voice, round.value);
  const outcome = await runTool({ name: resource.tool, args: resource.args(variables), signal, exchange }, asked);
  voice.end();
  if (outcome.ok) {
    const content = resource.content?.(JSON.parse(outcome.value), variables) ?? { text: outcome.value };
    return { result: words.result(fieldsOf({ contents: [{ uri, mimeType: resource.mimeType, ...content }] }), READ) };
  }

  const failure = outcome.error;
  if (failure.kind === "cancelled" && signal.aborted) return undefined;
  if (failure.kind !== "input_required") return { error: toError(failure) };
  const missing = undeclared(failure, meta.client);
  if (missing || form !== "modern") return { error: missingCapability(missing ?? {}) };
  return { result: inputRequired(failure, round.value, (text) => peer.rounds.seal(text, question)) };
}

/** The specification gave this fault another code in each era; -32002 is reserved, and no longer sent, since 2026-07-28. */
export function unknownResource(uri: string, form: Asked["form"]) {
  const message = `There is no resource ${JSON.stringify(uri.slice(0, 200))}. resources/list and resources/templates/list show what there is.`;
  const error = rpcError("invalid_params", message, { uri: uri.slice(0, 200) });
  return form === "modern" ? error : { ...error, code: -32002 };
}

function visible(caller: Caller, { toolset, session }: McpPeer): readonly Resource[] {
  const callable = new Set(session.registry.visibleTo(caller, session.policy).map(({ name }) => name));
  return toolset.resources.filter(({ tool }) => callable.has(tool));
}

function described({ name, title, description, mimeType }: Resource): object {
  return { name, title, description, mimeType };
}
