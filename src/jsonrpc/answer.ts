// One frame in, at most one frame out. Knows JSON-RPC 2.0 and nothing of tools.

import { rpcError } from "./codes.ts";
import { MAX_RUNNING, MAX_WAITING } from "./in-flight.ts";
import { parseFrame, readMessage, readResponse } from "./message.ts";
import type { RpcError } from "./codes.ts";
import type { InFlight, NotStarted } from "./in-flight.ts";
import type { Malformed, Message, Params, RequestId, ResponseMessage } from "./message.ts";

/** A result is JSON text already: it was serialised once, to be measured and hashed, and goes out as it is. */
export type Reply = { readonly result: string } | { readonly error: RpcError };

export interface Method {
  /** `control` methods take no place among the running: cancelling must work when every place is taken. */
  readonly kind: "work" | "control";
  /** Undefined for a request that is never answered, or not yet: one that was cancelled, or that opened a stream. */
  readonly run: (params: Params, signal: AbortSignal, id: RequestId | undefined) => Promise<Reply | undefined>;
}

/** A message that reached no method. It is written down before it is answered. */
export interface Refusal {
  readonly error: RpcError;
  readonly message?: Message;
}

/** The connection as the engine sees it. */
export interface Peer {
  readonly inFlight: InFlight;
  /** In the dialect of this very message: one connection may speak several. */
  readonly method: (message: Message, isBatched: boolean) => Method | undefined;
  /** Takes the answer to a question of ours; false where none was asked. */
  readonly answered?: (response: ResponseMessage) => boolean;
  /** Resolves when the refusal is on record. */
  readonly refuse: (refusal: Refusal) => Promise<void>;
  /** A method threw: a bug. The cause goes to the log and nowhere else. */
  readonly crashed: (cause: unknown) => void;
}

/** What a frame came to. */
export interface Answered {
  /** The frame to send back. */
  readonly text: string;
  /** Why it was refused, where it was a single message and was. */
  readonly error?: RpcError;
}

/** Undefined where JSON-RPC wants no answer: notifications (§4.1), batches of nothing else (§6). */
export async function answer(frame: string, peer: Peer): Promise<Answered | undefined> {
  const parsed = parseFrame(frame);
  return parsed.ok ? answerParsed(parsed.value, peer) : refuse(parsed.error, peer);
}

/** The same for what `parseFrame` has read already. */
export async function answerParsed(value: unknown, peer: Peer): Promise<Answered | undefined> {
  if (!Array.isArray(value)) return answerOne(value, peer, false);
  const replies = await Promise.all(value.map((entry: unknown) => answerOne(entry, peer, true)));
  const wanted = replies.filter((reply) => reply !== undefined);
  return wanted.length === 0 ? undefined : { text: `[${wanted.map(({ text }) => text).join(",")}]` };
}

async function answerOne(value: unknown, peer: Peer, isBatched: boolean): Promise<Answered | undefined> {
  const response = readResponse(value);
  if (response && peer.answered?.(response)) return undefined;
  const read = readMessage(value);
  if (!read.ok) return refuse(read.error, peer);

  const message = read.value;
  const method = peer.method(message, isBatched);
  if (message.id === undefined) return notify(message, method, peer);

  if (!method) return refuse(unknownMethod(message, message.id), peer, message);
  if (peer.inFlight.has(message.id)) return refuse(notStarted(message.id, { kind: "duplicate_id" }), peer, message);
  const turn = { method, message, peer };
  if (method.kind === "control") return encode(message.id, await run(turn, NEVER));

  const done = await peer.inFlight.run(message.id, (signal) => run(turn, signal));
  return done.ok ? encode(message.id, done.value) : refuse(notStarted(message.id, done.error), peer, message);
}

/** A call without an id is never run: nobody would learn what it did. Only control methods may come as notifications. */
async function notify(message: Message, method: Method | undefined, peer: Peer): Promise<undefined> {
  if (method?.kind === "control") await run({ method, message, peer }, NEVER);
  else await peer.refuse({ error: rpcError("invalid_request", "A call needs an id; it was not run."), message });
}

export async function refuse({ id, error }: Malformed, peer: Peer, message?: Message): Promise<Answered | undefined> {
  await peer.refuse(message ? { error, message } : { error });
  return id === undefined ? undefined : encode(id, { error });
}

interface Turn {
  readonly method: Method;
  readonly message: Message;
  readonly peer: Peer;
}

async function run({ method, message, peer }: Turn, signal: AbortSignal): Promise<Reply | undefined> {
  try {
    return await method.run(message.params, signal, message.id);
  } catch (cause) {
    peer.crashed(cause);
    return { error: rpcError("internal_error", "Something went wrong on our side; it has been logged.") };
  }
}

// A control method ends at once: there is nothing to abort.
const NEVER = new AbortController().signal;

function unknownMethod({ method }: Message, id: RequestId): Malformed {
  const name = method.length > 64 ? `${method.slice(0, 64)}…` : method;
  const hint = "Call mcp.tools.list, or tools/list, to see what there is.";
  return { id, error: rpcError("method_not_found", `Method not found: ${JSON.stringify(name)}. ${hint}`) };
}

function notStarted(id: RequestId, { kind }: NotStarted): Malformed {
  switch (kind) {
    case "duplicate_id": {
      const message = "A request with this id is still running on this connection: give every request its own id.";
      return { id, error: rpcError("duplicate_request_id", message) };
    }
    case "too_many_waiting": {
      const message = `${MAX_RUNNING} calls are running and ${MAX_WAITING} wait: read some answers before asking more.`;
      const data = { scope: "concurrency", limit: MAX_RUNNING + MAX_WAITING, retryAfterMs: LONGEST_CALL_MS };
      return { id, error: rpcError("rate_limited", message, data) };
    }
  }
}

/** Every running call ends by its deadline, none of which is longer: after this long a place is sure to be free. */
export const LONGEST_CALL_MS = 30_000;

function encode(id: RequestId | null, reply: Reply | undefined): Answered | undefined {
  if (!reply) return undefined;
  const text = encodeReply(id, reply);
  return "error" in reply ? { text, error: reply.error } : { text };
}

export function encodeReply(id: RequestId | null, reply: Reply): string {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)}`;
  return "result" in reply ? `${head},"result":${reply.result}}` : `${head},"error":${JSON.stringify(reply.error)}}`;
}
