// The methods mcp.subscribe and mcp.unsubscribe: to hear of changes instead of asking for them.

import * as z from "zod";
import { rpcError } from "../jsonrpc/codes.ts";
import { admit } from "../push/subscribe.ts";
import { toError } from "../reply/to-error.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Listener, Listeners } from "../push/listeners.ts";
import type { Subscription } from "../push/subscription.ts";
import type { Resource } from "../tool/resource.ts";
import type { CallSession } from "../tool/session.ts";

export interface NativeListening {
  readonly session: CallSession;
  readonly resources: readonly Resource[];
  readonly listeners: Listeners | undefined;
  readonly send: (message: string) => void;
}

const SubscribeParams = z.strictObject({ uri: z.string().max(1024) });

export async function subscribe(params: Params, signal: AbortSignal, listening: NativeListening): Promise<Reply> {
  const { session, resources, listeners } = listening;
  const parsed = SubscribeParams.safeParse(params);
  if (!parsed.success) return { error: usage("mcp.subscribe", resources) };
  if (!listeners) return { error: rpcError("invalid_request", ELSEWHERE) };
  const { uri } = parsed.data;
  const admitted = await admit(uri, { session, resources, listeners, signal });
  if (!admitted.ok && admitted.error.kind !== "unknown_resource") return { error: toError(admitted.error) };
  if (!admitted.ok) return { error: usage("mcp.subscribe", resources) };

  hear(listening, listeners, (uris) => [...uris.filter((one) => one !== uri), uri]);
  return { result: JSON.stringify({ subscribed: uri }) };
}

export function unsubscribe(params: Params, listening: NativeListening): Reply {
  const { resources, listeners } = listening;
  const parsed = SubscribeParams.safeParse(params);
  if (!parsed.success) return { error: usage("mcp.unsubscribe", resources) };
  const { uri } = parsed.data;
  const wasSubscribed = listeners?.find("native")?.subscription.uris.includes(uri) ?? false;
  if (listeners && wasSubscribed) hear(listening, listeners, (uris) => uris.filter((one) => one !== uri));
  return { result: JSON.stringify({ unsubscribed: wasSubscribed ? uri : null }) };
}

/** A native socket hears of its tools whether it subscribes or not. */
export function nativeListener(session: Listener["session"], send: Listener["send"]): Listener {
  const subscription: Subscription = { dialect: "native", tools: true, uris: [], taskIds: [] };
  return { subscription, session, send, close: () => undefined, survivesSleep: true };
}

function hear(
  { session, send }: NativeListening,
  listeners: Listeners,
  change: (uris: readonly string[]) => string[],
): void {
  const listener = listeners.find("native") ?? nativeListener(session, send);
  listeners.put({ ...listener, subscription: { ...listener.subscription, uris: change(listener.subscription.uris) } });
}

const ELSEWHERE = "Nothing can be pushed here: connect with a WebSocket and a credential to subscribe.";

function usage(method: string, resources: readonly Resource[]): RpcError {
  const uris = resources.filter(({ changes }) => changes).map(({ uri }) => uri);
  return rpcError("invalid_params", `${method} takes {"uri": "<uri>"}, one of: ${uris.join(", ")}.`);
}
