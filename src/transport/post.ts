// One message in the body of a POST, answered with JSON when that is quick, and with a stream of events when it is not.

import { answerParsed, encodeReply, refuse } from "../jsonrpc/answer.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { parseFrame, readMessage } from "../jsonrpc/message.ts";
import { eraOf } from "../mcp/era.ts";
import { err, ok } from "../result.ts";
import { EVENT_STREAM } from "./event-stream.ts";
import { headerFault, VERSION_HEADER, versionFault } from "./headers.ts";
import { PostStream } from "./post-stream.ts";
import { statusOf } from "./status.ts";
import type { Answered, Peer } from "../jsonrpc/answer.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Malformed } from "../jsonrpc/message.ts";
import type { Era } from "../mcp/era.ts";
import type { Outbox } from "../mcp/outbox.ts";
import type { Result } from "../result.ts";
import type { Recorder } from "./post-stream.ts";

/** Longer than most calls take; a host that hears nothing for longer wonders whether anyone is there. */
const STREAM_AFTER_MS = 2_000;

export interface Post {
  readonly body: string;
  readonly headers: Headers;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface PostParts {
  readonly peer: (out: Outbox, headerVersion: string | undefined) => Peer;
  /** For the streams of a session that can be resumed; without it, a client that leaves has cancelled. */
  readonly record?: Recorder | undefined;
  /** Where a session says what belongs to no request. */
  readonly tell?: ((message: string) => void) | undefined;
  /** Called once, when the message has been answered as far as it ever will be. */
  readonly onDone?: () => void;
  /** What `WWW-Authenticate` says to someone who lacks a credential, or a scope. */
  readonly challenge: (error: RpcError) => string | undefined;
}

export async function answerPost(post: Post, parts: PostParts): Promise<Response> {
  const { headers, signal } = post;
  const isHeard = /text\/event-stream|\*\/\*/.test(headers.get("accept") ?? "");
  const { record, tell } = parts;
  // A dropped connection is how a stateless request is cancelled, and means nothing to one that can be resumed.
  const onLeave = () => (record ? undefined : peer.inFlight.cancelAll());
  const out = new PostStream({ record, tell, onLeave, isHeard });
  const peer = parts.peer(out, headers.get(VERSION_HEADER) ?? undefined);

  const read = readPost(post);
  if (!read.ok) {
    const refused = await refuse(read.error, peer);
    parts.onDone?.();
    return json(refused, { era: "handshake", parts });
  }
  const { value, era } = read.value;
  const answered = answerParsed(value, peer).finally(() => parts.onDone?.());
  // Only what takes a place among the running can take long: nothing else needs a clock, or an ear for its caller.
  const isWork = peer.inFlight.size > 0;
  if (isWork && !record) signal.addEventListener("abort", onLeave, { once: true });
  const timer = isWork && isHeard ? setTimeout(() => out.open(), STREAM_AFTER_MS) : undefined;

  const first = await Promise.race([answered.then((answer) => ({ answer })), out.started]);
  clearTimeout(timer);
  if (out.isUnheard) return json(unheard(value), { era, parts });
  if (first && !out.isStarted) return json(first.answer, { era, parts });

  void answered.then((answer) => out.finish(answer?.text));
  return new Response(out.open(), { headers: EVENT_STREAM });
}

/** Taken without a word, the client would wait for ever for what it has asked to hear. */
function unheard(value: unknown): Answered {
  const message = readMessage(value);
  const error = rpcError(
    "invalid_request",
    "The answer is a stream of events: send Accept: application/json, text/event-stream.",
  );
  return { text: encodeReply(message.ok ? (message.value.id ?? null) : null, { error }), error };
}

interface Read {
  readonly value: unknown;
  readonly era: Era;
}

/** Nothing is done where the headers and the body disagree. */
function readPost({ body, headers }: Post): Result<Read, Malformed> {
  const parsed = parseFrame(body);
  if (!parsed.ok) return parsed;
  const message = Array.isArray(parsed.value) ? undefined : readMessage(parsed.value);
  if (!message?.ok) return ok({ value: parsed.value, era: "handshake" });

  const era = eraOf(message.value, headers.get(VERSION_HEADER) ?? undefined);
  const fault = era === "modern" ? headerFault(message.value, headers) : versionFault(headers);
  return fault ? err({ id: message.value.id ?? null, error: fault }) : ok({ value: parsed.value, era });
}

interface Answering {
  readonly era: Era;
  readonly parts: Pick<PostParts, "challenge">;
}

function json(answered: Answered | undefined, { era, parts }: Answering): Response {
  // Notifications and answers are taken, and that is all there is to say.
  if (!answered) return new Response(null, { status: 202 });
  const challenge = answered.error && parts.challenge(answered.error);
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...(challenge !== undefined && { "www-authenticate": challenge }),
  };
  return new Response(answered.text, { status: statusOf(answered.error, era), headers });
}
