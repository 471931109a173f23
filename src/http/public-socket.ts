// A socket without a credential: answered by the Worker itself, public methods only, and gone when it falls silent.

import { answer } from "../jsonrpc/answer.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { CLOSE, closeCodeToEcho, readFrame, TOO_MANY_FRAMES } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { protocolHeader } from "./subprotocol.ts";
import type { Subprotocol } from "../access/opening.ts";
import type { Method } from "../jsonrpc/answer.ts";
import type { Close } from "../jsonrpc/frame.ts";
import type { Services } from "../services.ts";

export const IDLE_MS = 60_000;
/** The limit's window: after a whole one, the next message is let through. */
const LIMIT_WINDOW_MS = 60_000;

export interface PublicSocket {
  readonly services: Services;
  readonly limit: RateLimit;
  /** The client's address: its messages share one limit, however many sockets it opens. */
  readonly address: string;
  readonly subprotocol?: Subprotocol | undefined;
}

export function acceptPublic({ services, limit, address, subprotocol }: PublicSocket): Response {
  const { 0: client, 1: socket } = new WebSocketPair();
  const tell = (message: string) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(message);
  };
  const peer = services.publicPeer({
    onRefusal: ({ reason, tool }) => log("info", "public.refused", { address, reason, tool }),
    out: { send: tell, tell, hold: () => () => undefined, isTold: true, survivesSleep: false },
  });
  const admitsFrame = services.frameGate();
  socket.accept();

  const end = ({ code, reason }: Close) => {
    clearTimeout(idle);
    socket.close(code, reason);
  };
  const onIdle = () => end({ code: CLOSE.idle, reason: "idle for a minute: a credential keeps a connection open" });
  let idle = setTimeout(onIdle, IDLE_MS);

  const hear = (text: string) => {
    clearTimeout(idle);
    idle = setTimeout(onIdle, IDLE_MS);
    reply(text).catch(crash);
  };
  socket.addEventListener("message", ({ data }: { readonly data: string | ArrayBuffer }) => {
    // What was under way when we closed it.
    if (socket.readyState !== WebSocket.OPEN) return;
    const frame = readFrame(data);
    if (!frame.ok) end(frame.error);
    else if (!admitsFrame()) end(TOO_MANY_FRAMES);
    // As on every socket. It does not count as saying something: a heartbeat must not hold the connection for ever.
    else if (frame.value === "ping") socket.send("pong");
    else hear(frame.value);
  });
  socket.addEventListener("close", ({ code }) => {
    clearTimeout(idle);
    if (socket.readyState !== WebSocket.CLOSED) socket.close(closeCodeToEcho(code));
  });

  const crash = (cause: unknown) => {
    log("error", "frame.crashed", { address, ...causeOf(cause) });
    end({ code: CLOSE.internalError, reason: "something went wrong on our side: connect again" });
  };
  const reply = async (frame: string): Promise<void> => {
    const { success } = await limit.limit({ key: address });
    const answered = await answer(frame, success ? peer : { ...peer, method: () => LIMITED });
    if (answered) tell(answered.text);
  };
  if (subprotocol !== "mcp") socket.send(services.publicGreeting);
  return new Response(null, { status: 101, webSocket: client, headers: protocolHeader(subprotocol) });
}

/** Stands in for every method, so that whoever asked learns it under the id of their own request. */
const LIMITED: Method = {
  kind: "control",
  run: () =>
    Promise.resolve({
      error: rpcError("rate_limited", "Too many messages from your address: wait a minute, or connect with a key.", {
        scope: "address",
        retryAfterMs: LIMIT_WINDOW_MS,
      }),
    }),
};
