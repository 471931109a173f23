// The method completion/complete: what an argument of a prompt or of a resource template may be.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { toError } from "../reply/to-error.ts";
import { lookingAround, runTool } from "./context.ts";
import { err, ok } from "../result.ts";
import { unknownResource } from "./resources.ts";
import { fieldsOf } from "./words.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Result } from "../result.ts";
import type { Completion } from "../tool/completion.ts";
import type { Asked } from "./context.ts";

/** 2026-07-28, server/utilities/completion §Completion Results. */
const MAX_VALUES = 100;

const CompleteParams = once(() =>
  z.object({
    ref: z.discriminatedUnion("type", [
      z.object({ type: z.literal("ref/prompt"), name: z.string() }),
      z.object({ type: z.literal("ref/resource"), uri: z.string() }),
    ]),
    argument: z.object({ name: z.string(), value: z.string().max(1_000) }),
    context: z.object({ arguments: z.record(z.string(), z.string()).optional() }).optional(),
  }),
);
type Wanted = z.output<ReturnType<typeof CompleteParams>>;

const USAGE =
  'completion/complete takes {"ref": {"type": "ref/prompt", "name"} or {"type": "ref/resource", "uri"}, "argument": {"name", "value"}}.';

export async function complete(params: Params, signal: AbortSignal, asked: Asked): Promise<Reply | undefined> {
  const caller = await lookingAround(asked.peer);
  if (!caller.ok) return { error: caller.error };
  const parsed = CompleteParams().safeParse(params);
  if (!parsed.success) return { error: rpcError("invalid_params", USAGE) };
  const completion = find(parsed.data, asked);
  if (!completion.ok) return { error: completion.error };

  const { value } = parsed.data.argument;
  const known = parsed.data.context?.arguments ?? {};
  const candidates = completion.value ? await suggest(completion.value, known, { signal, asked }) : ok([]);
  if (!candidates.ok) return signal.aborted ? undefined : { error: candidates.error };
  const fitting = candidates.value.filter((candidate) => candidate.startsWith(value));
  const values = fitting.slice(0, MAX_VALUES);
  const completed = { values, total: fitting.length, hasMore: fitting.length > values.length };
  return { result: asked.words.result(fieldsOf({ completion: completed })) };
}

/** Undefined for an argument for which there is nothing to suggest. */
function find({ ref, argument }: Wanted, { peer, form }: Asked): Result<Completion | undefined, RpcError> {
  if (ref.type === "ref/prompt") {
    const prompt = peer.toolset.prompts.find(({ name }) => name === ref.name);
    if (!prompt) return err(rpcError("invalid_params", `There is no prompt ${JSON.stringify(ref.name.slice(0, 64))}.`));
    return ok(prompt.arguments.find(({ name }) => name === argument.name)?.complete);
  }
  const resource = peer.toolset.resources.find(({ uri }) => uri === ref.uri);
  return resource ? ok(resource.complete?.[argument.name]) : err(unknownResource(ref.uri, form));
}

interface Turn {
  readonly signal: AbortSignal;
  readonly asked: Asked;
}

async function suggest(
  completion: Completion,
  known: Readonly<Record<string, string>>,
  { signal, asked }: Turn,
): Promise<Result<readonly string[], RpcError>> {
  if ("values" in completion) return ok(completion.values);
  if ("from" in completion) return ok(asked.peer.session.capabilities.clusters.names);
  const outcome = await runTool({ name: completion.tool, args: completion.args(known), signal }, asked);
  return outcome.ok ? ok(completion.pick(JSON.parse(outcome.value))) : err(toError(outcome.error));
}
