// A socket without a credential: answered by the Worker itself, public methods only, and gone when it falls silent.

import { answer } from "../jsonrpc/answer.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { CLOSE, closeCodeToEcho, readFrame, TOO_MANY_FRAMES } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { protocolHeader } from "./subprotocol.ts";
import { countRefusal } from "./refusals.ts";
import type { Subprotocol } from "../access/opening.ts";
import type { Method, Peer } from "../jsonrpc/answer.ts";
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

export function acceptPublic(visit: PublicSocket): Response {
  const { 0: client, 1: socket } = new WebSocketPair();
  socket.accept();
  const visitor = new Visitor(socket, visit);
  socket.addEventListener("message", ({ data }: { readonly data: string | ArrayBuffer }) => visitor.hear(data));
  socket.addEventListener("close", ({ code }) => visitor.leave(code));
  if (visit.subprotocol !== "mcp") socket.send(visit.services.publicGreeting);
  return new Response(null, { status: 101, webSocket: client, headers: protocolHeader(visit.subprotocol) });
}

class Visitor {
  readonly #socket: WebSocket;
  readonly #visit: PublicSocket;
  readonly #peer: Peer;
  readonly #admitsFrame: () => boolean;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, visit: PublicSocket) {
    const { services, address } = visit;
    this.#socket = socket;
    this.#visit = visit;
    const tell = (message: string) => this.#tell(message);
    this.#peer = services.publicPeer({
      onRefusal: ({ reason, tool }) => {
        log("info", "public.refused", { address, reason, tool });
        countRefusal(reason, services);
      },
      out: { send: tell, tell, hold: () => () => undefined, isTold: true, survivesSleep: false },
    });
    this.#admitsFrame = services.frameGate();
    this.#wait();
  }

  hear(data: string | ArrayBuffer): void {
    // What was under way when we closed it.
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const frame = readFrame(data);
    if (!frame.ok) this.#end(frame.error);
    else if (!this.#admitsFrame()) this.#end(TOO_MANY_FRAMES);
    // As on every socket. It does not count as saying something: a heartbeat must not hold the connection for ever.
    else if (frame.value === "ping") this.#socket.send("pong");
    else this.#reply(frame.value).catch((cause: unknown) => this.#crash(cause));
  }

  leave(code: number): void {
    clearTimeout(this.#idle);
    if (this.#socket.readyState !== WebSocket.CLOSED) this.#socket.close(closeCodeToEcho(code));
  }

  async #reply(frame: string): Promise<void> {
    this.#wait();
    const { limit, address } = this.#visit;
    const { success } = await limit.limit({ key: address });
    const answered = await answer(frame, success ? this.#peer : { ...this.#peer, method: () => LIMITED });
    if (answered) this.#tell(answered.text);
  }

  #tell(message: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  /** Whoever says nothing for this long has gone, or might as well. */
  #wait(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#end(IDLE), IDLE_MS);
  }

  #end({ code, reason }: Close): void {
    clearTimeout(this.#idle);
    this.#socket.close(code, reason);
  }

  #crash(cause: unknown): void {
    log("error", "frame.crashed", { address: this.#visit.address, ...causeOf(cause) });
    this.#end(CRASHED);
  }
}

const IDLE: Close = { code: CLOSE.idle, reason: "idle for a minute: a credential keeps a connection open" };
const CRASHED: Close = { code: CLOSE.internalError, reason: "something went wrong on our side: connect again" };

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
