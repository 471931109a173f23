// The method subscriptions/listen, and resources/subscribe and unsubscribe of those that shook hands.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { toError } from "../reply/to-error.ts";
import { admit } from "../push/subscribe.ts";
import { MAX_TOPICS, MAX_URI_LENGTH } from "../push/subscription.ts";
import { lookingAround, principalIdOf } from "./context.ts";
import { notification } from "./outbox.ts";
import { unknownResource } from "./resources.ts";
import { missingCapability } from "./rounds.ts";
import { META, TASKS_EXTENSION } from "./versions.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Params, RequestId } from "../jsonrpc/message.ts";
import type { Listener, Listeners } from "../push/listeners.ts";
import type { Asked } from "./context.ts";

const ListenParams = once(() =>
  z.object({
    notifications: z.object({
      toolsListChanged: z.boolean().optional(),
      resourceSubscriptions: z.array(z.string().max(MAX_URI_LENGTH)).max(MAX_TOPICS).optional(),
      taskIds: z.array(z.string()).max(MAX_TOPICS).optional(),
    }),
  }),
);

const USAGE = `subscriptions/listen takes {"notifications": {"toolsListChanged": true, "resourceSubscriptions": ["<uri>"]}}, at most ${MAX_TOPICS} each.`;

/** What is not supported or not permitted is left out of the acknowledgement, which comes before anything else. */
export async function listen(params: Params, id: RequestId | undefined, asked: Asked): Promise<Reply | undefined> {
  const { peer, meta } = asked;
  const known = await listening(asked);
  if ("code" in known) return { error: known };
  const parsed = ListenParams().safeParse(params);
  if (!parsed.success || id === undefined) return { error: rpcError("invalid_params", USAGE) };
  const { toolsListChanged = false, resourceSubscriptions = [], taskIds } = parsed.data.notifications;
  if (taskIds && !meta.client.extensions?.[TASKS_EXTENSION]) {
    return { error: missingCapability({ extensions: { [TASKS_EXTENSION]: {} } }) };
  }
  // Single requests know nothing of each other, and may well use the same id.
  if (peer.out.survivesSleep && known.find("modern", id))
    return { error: rpcError("duplicate_request_id", "This subscription is open already.") };
  const room = known.room(peer.out.survivesSleep);
  if (room.subscriptions <= 0) return { error: rpcError("rate_limited", TOO_MANY, { scope: "subscriptions" }) };

  const uris: string[] = [];
  for (const uri of new Set(resourceSubscriptions)) {
    if (uris.length < room.topics && !(await refusalOf(uri, known, asked))) uris.push(uri);
  }
  const tasks = (taskIds ?? [])
    .filter((taskId) => peer.tasks?.get(taskId, principalIdOf(peer)))
    .slice(0, Math.max(0, room.topics - uris.length));
  const { send, survivesSleep } = peer.out;
  const honoured = {
    ...(toolsListChanged && { toolsListChanged }),
    ...(uris.length > 0 && { resourceSubscriptions: uris }),
    ...(tasks.length > 0 && { taskIds: tasks }),
  };
  const tag = { [META.subscriptionId]: id };
  send(notification("notifications/subscriptions/acknowledged", { _meta: tag, notifications: honoured }));
  const subscription = { dialect: "modern" as const, id, tools: toolsListChanged, uris, taskIds: tasks };
  const listener: Listener = { subscription, session: peer.session, send, close: () => end(), survivesSleep };
  const end = peer.out.hold(() => known.remove(listener));
  known.put(listener);
  return undefined;
}

const TOO_MANY = "You have as many subscriptions open as you may: end one, or put more into one of them.";

/** Whether there was such a subscription: `notifications/cancelled` ends it where a stream cannot be closed. */
export function leave(listeners: Listeners, id: RequestId): boolean {
  const listener = listeners.find("modern", id);
  if (listener) listeners.remove(listener);
  return listener !== undefined;
}

const FULL = `A session may listen to ${MAX_TOPICS} resources: unsubscribe from one first.`;

const SubscribeParams = once(() => z.object({ uri: z.string().max(MAX_URI_LENGTH) }));

export async function subscribe(params: Params, asked: Asked): Promise<Reply> {
  const known = await listening(asked);
  if ("code" in known) return { error: known };
  const parsed = SubscribeParams().safeParse(params);
  if (!parsed.success) return { error: rpcError("invalid_params", 'resources/subscribe takes {"uri": "<uri>"}.') };
  // A watch that nobody hears of would go on for ever.
  if (!asked.peer.out.isTold) return { error: rpcError("invalid_request", NOWHERE) };
  const { uri } = parsed.data;
  if (known.room(true).topics <= 0) return { error: rpcError("rate_limited", FULL) };
  const refusal = await refusalOf(uri, known, asked);
  if (refusal) return { error: refusal };
  hear(known, asked, (uris) => [...uris.filter((one) => one !== uri), uri]);
  return { result: asked.words.result("") };
}

export async function unsubscribe(params: Params, asked: Asked): Promise<Reply> {
  const known = await listening(asked);
  if ("code" in known) return { error: known };
  const parsed = SubscribeParams().safeParse(params);
  if (!parsed.success) return { error: rpcError("invalid_params", 'resources/unsubscribe takes {"uri": "<uri>"}.') };
  if (known.find("handshake")) hear(known, asked, (uris) => uris.filter((one) => one !== parsed.data.uri));
  return { result: asked.words.result("") };
}

const NOWHERE =
  "Nothing can be pushed to a single request: subscribe in the session that initialize founds, or on a WebSocket.";

function hear(listeners: Listeners, { peer }: Asked, change: (uris: readonly string[]) => string[]): void {
  const listener = listeners.find("handshake") ?? handshakeListener(peer);
  const subscription = { ...listener.subscription, uris: change(listener.subscription.uris) };
  listeners.put({ ...listener, subscription });
}

type Hearing = Pick<Asked["peer"], "session" | "authority" | "out">;

/** Whoever shook hands hears of the tools without having asked: that is what `listChanged` promises there. */
export function handshakeListener({ session: own, authority: session = own, out }: Hearing): Listener {
  const subscription = { dialect: "handshake", tools: true, uris: [], taskIds: [] } as const;
  const { tell: send, isTold: survivesSleep } = out;
  return {
    subscription: { ...subscription, uris: [], taskIds: [] },
    session,
    send,
    close: () => undefined,
    survivesSleep,
  };
}

/** Who has shaken hands is told in those words, and no longer in the native ones it never asked for. */
export function introduce(listeners: Listeners, peer: Hearing): void {
  const native = listeners.find("native");
  if (!peer.out.isTold) return;
  if (native?.subscription.uris.length === 0) listeners.remove(native);
  listeners.put(handshakeListener(peer));
}

async function listening({ peer }: Asked): Promise<Listeners | RpcError> {
  const caller = await lookingAround(peer);
  if (!caller.ok) return caller.error;
  return peer.listeners ?? toError({ kind: "unauthenticated" });
}

async function refusalOf(uri: string, listeners: Listeners, { peer, form }: Asked): Promise<RpcError | undefined> {
  const signal = new AbortController().signal;
  const admitted = await admit(uri, { session: peer.session, resources: peer.toolset.resources, listeners, signal });
  if (admitted.ok) return undefined;
  return admitted.error.kind === "unknown_resource" ? unknownResource(uri, form) : toError(admitted.error);
}
