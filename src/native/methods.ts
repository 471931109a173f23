// The native dialect's method table: mcp.tools.call, mcp.cancel, mcp.subscribe, and every tool by its own name.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { toError } from "../reply/to-error.ts";
import { callTool } from "../tool/call.ts";
import { recordRefusal } from "../tool/refusal.ts";
import { REFRESH_METHOD } from "../tool/refresh.ts";
import { traceOfMeta } from "../trace-context.ts";
import { refresh } from "./refresh.ts";
import { subscribe, unsubscribe } from "./subscribe.ts";
import type { Method, Reply } from "../jsonrpc/answer.ts";
import type { InFlight } from "../jsonrpc/in-flight.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Listeners } from "../push/listeners.ts";
import type { CallSession, ToolCall } from "../tool/session.ts";
import type { Toolset } from "../tool/toolset.ts";
import type { TraceContext } from "../trace-context.ts";

export interface NativePeer {
  readonly session: CallSession;
  readonly inFlight: InFlight;
  readonly toolset: Pick<Toolset, "resources">;
  readonly listeners?: Listeners | undefined;
  /** Of the request that brought the message. */
  readonly trace?: TraceContext | undefined;
  readonly out: { readonly tell: (message: string) => void; readonly survivesSleep: boolean };
  /** A bug: for the operator's log. */
  readonly onCrash: (cause: unknown) => void;
}

/** Looked up anew for each message: the tools may have been set otherwise since the last one. */
export function nativeMethods(peer: NativePeer): (name: string) => Method | undefined {
  const { session, inFlight, onCrash } = peer;
  const call = async (asked: ToolCall): Promise<Reply> => {
    const outcome = await callTool({ ...asked, era: "native" }, session);
    if (!outcome.ok && outcome.error.kind === "crashed") onCrash(outcome.error.cause);
    return outcome.ok ? { result: outcome.value } : { error: toError(outcome.error) };
  };
  const { tell, survivesSleep } = peer.out;
  // A single request has nowhere to be told anything later.
  const listeners = survivesSleep ? peer.listeners : undefined;
  const listening = { session, resources: peer.toolset.resources, listeners, send: tell };

  const methods = new Map<string, Method>([
    ["mcp.tools.call", { kind: "work", run: (params, signal) => callByName(params, signal, { call, peer }) }],
    ["mcp.cancel", { kind: "control", run: (params) => cancel(params, inFlight, session) }],
    ["mcp.subscribe", { kind: "work", run: (params, signal) => subscribe(params, signal, listening) }],
    ["mcp.unsubscribe", { kind: "control", run: (params) => Promise.resolve(unsubscribe(params, listening)) }],
    [REFRESH_METHOD, { kind: "control", run: (params) => refresh(params, session) }],
  ]);

  return (name) => {
    const method = methods.get(name);
    if (method || !session.registry.get(name)) return method;
    return { kind: "work", run: (params, signal) => call({ name, signal, ...readCall(params, peer) }) };
  };
}

/** `_meta` is about the message and no argument of any tool, as in MCP; of what stands there, the trace is read. */
function readCall({ _meta, ...args }: Params, { trace }: NativePeer): Pick<ToolCall, "args" | "trace" | "via"> {
  // Whatever else came under that name is refused by the tool, like every argument that it does not have.
  if (_meta !== undefined && (typeof _meta !== "object" || _meta === null)) return { args: { _meta, ...args }, trace };
  const own = traceOfMeta(_meta);
  return own ? { args, trace: own, via: trace } : { args, trace };
}

interface Caller {
  readonly call: (asked: ToolCall) => Promise<Reply>;
  readonly peer: NativePeer;
}

const CallParams = once(() => z.strictObject({ name: z.string(), args: z.record(z.string(), z.unknown()).optional() }));

async function callByName(params: Params, signal: AbortSignal, { call, peer }: Caller): Promise<Reply> {
  const { args: given, ...traced } = readCall(params, peer);
  const parsed = CallParams().safeParse(given);
  if (parsed.success) return call({ name: parsed.data.name, args: params.args ?? {}, signal, ...traced });
  return refuse('mcp.tools.call takes {"name": "<tool>", "args": {…}}.', "mcp.tools.call", peer.session);
}

const CancelParams = once(() => z.strictObject({ id: z.union([z.string(), z.int()]) }));

async function cancel(params: Params, inFlight: InFlight, session: CallSession): Promise<Reply> {
  const parsed = CancelParams().safeParse(params);
  if (!parsed.success) return refuse('mcp.cancel takes {"id": <id of a running request>}.', "mcp.cancel", session);
  return { result: JSON.stringify({ cancelled: inFlight.cancel(parsed.data.id) }) };
}

async function refuse(message: string, method: string, session: CallSession): Promise<Reply> {
  const error = rpcError("invalid_params", message);
  await recordRefusal({ reason: error.data.reason, method }, session);
  return { error };
}
