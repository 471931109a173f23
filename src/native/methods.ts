// The native dialect's method table: mcp.tools.call, mcp.cancel, and every tool by its own name.

import * as z from "zod";
import { rpcError } from "../jsonrpc/codes.ts";
import { callTool } from "../tool/call.ts";
import { recordRefusal } from "../tool/refusal.ts";
import { REFRESH_METHOD } from "../tool/refresh.ts";
import { refresh } from "./refresh.ts";
import { toReply } from "./reply.ts";
import type { Method, Reply } from "../jsonrpc/answer.ts";
import type { InFlight } from "../jsonrpc/in-flight.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { CallSession } from "../tool/session.ts";
import type { Failure } from "../tool/failure.ts";

/** How the session learns of a bug: the cause goes to its log. */
export type OnCrash = (failure: Failure & { kind: "crashed" }) => void;

/** Looked up anew for each message: the tools may have been set otherwise since the last one. */
export function nativeMethod(session: CallSession, inFlight: InFlight, onCrash: OnCrash) {
  const call = async (name: string, args: unknown, signal: AbortSignal): Promise<Reply> => {
    const outcome = await callTool({ name, args, signal }, session);
    if (!outcome.ok && outcome.error.kind === "crashed") onCrash(outcome.error);
    return toReply(outcome);
  };

  const methods = new Map<string, Method>([
    ["mcp.tools.call", { kind: "work", run: (params, signal) => callByName(params, signal, { call, session }) }],
    ["mcp.cancel", { kind: "control", run: (params) => cancel(params, inFlight, session) }],
    [REFRESH_METHOD, { kind: "control", run: (params) => refresh(params, session) }],
  ]);

  return (name: string): Method | undefined => {
    const method = methods.get(name);
    if (method || !session.registry.get(name)) return method;
    return { kind: "work", run: (params, signal) => call(name, params, signal) };
  };
}

interface Caller {
  readonly call: (name: string, args: unknown, signal: AbortSignal) => Promise<Reply>;
  readonly session: CallSession;
}

const CallParams = z.strictObject({ name: z.string(), args: z.record(z.string(), z.unknown()).optional() });

async function callByName(params: Params, signal: AbortSignal, { call, session }: Caller): Promise<Reply> {
  const parsed = CallParams.safeParse(params);
  if (parsed.success) return call(parsed.data.name, params.args ?? {}, signal);
  return refuse('mcp.tools.call takes {"name": "<tool>", "args": {…}}.', "mcp.tools.call", session);
}

const CancelParams = z.strictObject({ id: z.union([z.string(), z.int()]) });

async function cancel(params: Params, inFlight: InFlight, session: CallSession): Promise<Reply> {
  const parsed = CancelParams.safeParse(params);
  if (!parsed.success) return refuse('mcp.cancel takes {"id": <id of a running request>}.', "mcp.cancel", session);
  return { result: JSON.stringify({ cancelled: inFlight.cancel(parsed.data.id) }) };
}

async function refuse(message: string, method: string, session: CallSession): Promise<Reply> {
  const error = rpcError("invalid_params", message);
  await recordRefusal({ reason: error.data.reason, method }, session);
  return { error };
}
