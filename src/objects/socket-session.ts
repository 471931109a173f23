// A session on a WebSocket: frames in, frames out, and nothing else.

import { answer } from "../jsonrpc/answer.ts";
import { CLOSE, closeCodeToEcho, DISCONNECTED, readFrame, TOO_MANY_FRAMES } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { sessionOpened } from "../native/notifications.ts";
import { nativeListener } from "../native/subscribe.ts";
import { nextExpiryMs } from "./credential-expiry.ts";
import { deployment } from "./deployment.ts";
import { SessionState } from "./session-state.ts";
import type { Opening } from "../access/opening.ts";
import type { Principal } from "../access/principal.ts";
import type { Peer } from "../jsonrpc/answer.ts";
import type { Close } from "../jsonrpc/frame.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { CallSession } from "../tool/session.ts";
import type { Session } from "./session.ts";

export interface SocketContext {
  /** The session in memory, made from its state where there is none. */
  readonly restore: (state: () => SessionState) => Session;
  readonly known: () => Session | undefined;
  readonly onEnd: (sessionId: string) => Promise<void>;
}

interface Awake {
  readonly socket: WebSocket;
  readonly session: Session;
  readonly own: CallSession;
  readonly peer: Peer;
}

export class SocketSession {
  readonly #ctx: DurableObjectState;
  readonly #context: SocketContext;
  #awake: Awake | undefined;

  constructor(ctx: DurableObjectState, context: SocketContext) {
    this.#ctx = ctx;
    this.#context = context;
  }

  accept(state: SessionState): Response {
    const { 0: client, 1: socket } = new WebSocketPair();
    this.#ctx.acceptWebSocket(socket);
    socket.serializeAttachment(state);
    const { sessionId, subprotocol, verified } = state;
    if (subprotocol !== "mcp") {
      const { session, own } = this.#restore(socket);
      session.listeners.put(nativeListener(own, send(socket)));
      socket.send(sessionOpened(sessionId, verified.principal));
    }
    const headers = subprotocol && { "sec-websocket-protocol": subprotocol };
    return new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) });
  }

  async hear(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    // What was under way when we closed it: nobody would read the answers.
    if (!isOpen(socket)) return;
    const frame = readFrame(data);
    if (!frame.ok) return this.#end(socket, frame.error);
    const { session, peer } = this.#restore(socket);
    if (!session.admitsFrame()) return this.#end(socket, TOO_MANY_FRAMES);

    try {
      const answered = await answer(frame.value, peer);
      // The peer may have gone while its call was running; the record of the call stands either way.
      if (!isOpen(socket)) return;
      // Only a session with nothing under way can fall asleep: of calls that end together, the last one saves for all.
      if (session.inFlight.size === 0) socket.serializeAttachment(session.save());
      if (answered) socket.send(answered.text);
    } catch (cause) {
      // A bug outside any call. The frame will not be answered, and a peer that waits for it must learn so.
      log("error", "frame.crashed", { session_id: session.sessionId, ...causeOf(cause) });
      return this.#end(socket, CRASHED);
    }
    // Not before the last one is answered: what began while the credential held may finish.
    if (session.isLost && session.inFlight.size === 0) return this.#end(socket, CREDENTIAL_LOST);
  }

  closed(socket: WebSocket, code: number): Promise<void> {
    // The platform does not answer a hibernating socket's close by itself.
    return this.#end(socket, { code: closeCodeToEcho(code), reason: "" });
  }

  failed(socket: WebSocket, cause: unknown): Promise<void> {
    log("info", "socket.error", { object: this.#ctx.id.toString(), ...causeOf(cause) });
    return this.#end(socket, { code: CLOSE.internalError, reason: "the connection failed" });
  }

  apply(settings: ToolSettings): void {
    for (const socket of this.#ctx.getWebSockets().filter(isOpen)) {
      const { session } = this.#restore(socket);
      session.apply(settings);
      socket.serializeAttachment(session.save());
    }
  }

  /** The session of the open socket, woken if it slept. */
  awake(): Session | undefined {
    const [socket] = this.#ctx.getWebSockets().filter(isOpen);
    return socket && this.#restore(socket).session;
  }

  /** At once, by somebody else's doing: what reads is stopped, an effect that has begun comes to its own end unheard. */
  async disconnect(): Promise<boolean> {
    const open = this.#ctx.getWebSockets().filter(isOpen);
    for (const socket of open) await this.#end(socket, DISCONNECTED);
    return open.length > 0;
  }

  /** The key has ended: who stands on it is told and closed, and nobody else. */
  async keyEnded(keyId: string): Promise<void> {
    for (const socket of this.#ctx.getWebSockets().filter(isOpen)) {
      const { credential } = this.#principal(socket);
      if (credential.kind !== "key" || credential.id !== keyId) continue;
      const { session } = this.#restore(socket);
      session.lose();
      await this.#end(socket, CREDENTIAL_LOST);
    }
  }

  /** Something changed outside any frame that must survive a sleep. */
  save(): void {
    if (this.#awake && isOpen(this.#awake.socket)) this.#awake.socket.serializeAttachment(this.#awake.session.save());
  }

  /** Nobody need call for a socket to end with its credential. What began before may finish: then its answer ends it. */
  async expire(): Promise<void> {
    for (const socket of this.#ctx.getWebSockets().filter(isOpen)) {
      if (this.#principal(socket).expiresAtMs > deployment.now()) continue;
      const { session } = this.#restore(socket);
      session.lose();
      if (session.inFlight.size === 0) await this.#end(socket, CREDENTIAL_LOST);
    }
  }

  nextExpiryMs(sockets: readonly WebSocket[]): number | undefined {
    return nextExpiryMs(
      sockets.map((socket) => this.#principal(socket)),
      deployment.now(),
    );
  }

  /** From the session where it is awake: it may know of a newer credential. */
  #principal(socket: WebSocket): Principal {
    return this.#context.known()?.principal ?? stateOf(socket).verified.principal;
  }

  // The object may have slept since the last frame: everything but the attachment is gone then.
  #restore(socket: WebSocket): Awake {
    if (this.#awake?.socket === socket) return this.#awake;
    const state = stateOf(socket);
    const session = this.#context.restore(() => state);
    const tell = send(socket);
    // Nothing to hold: a socket stays open anyway, and what it listens to is in its attachment.
    const out = { send: tell, tell, hold: () => () => undefined, isTold: true, survivesSleep: true };
    const own = session.callSession(state, true);
    const awake = {
      socket,
      session,
      own,
      peer: session.peer({ out, session: own, opening: openingOf(state), inFlight: session.inFlight }),
    };
    this.#awake = awake;
    session.resume({ out, session: own });
    return awake;
  }

  async #end(socket: WebSocket, { code, reason }: { code: number; reason: string }): Promise<void> {
    const { session } = this.#restore(socket);
    session.end();
    const released = session.releaseQuota();
    // Whatever else is told of the same end finds nothing left in the attachment: no unit is given back twice.
    socket.serializeAttachment(session.save());
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code, reason);
    await this.#context.onEnd(session.sessionId);
    await released;
  }
}

function stateOf(socket: WebSocket): SessionState {
  return SessionState().parse(socket.deserializeAttachment());
}

/** The state is more than its opening; objects are told no more of one another than they need. */
function openingOf({ sessionId, via, verified, sourceIp }: SessionState): Opening {
  return { sessionId, via, verified, ...(sourceIp !== undefined && { sourceIp }) };
}

function send(socket: WebSocket): (message: string) => void {
  return (message) => {
    if (isOpen(socket)) socket.send(message);
  };
}

export function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN;
}

const CRASHED: Close = { code: CLOSE.internalError, reason: "something went wrong on our side: connect again" };
const CREDENTIAL_LOST: Close = { code: CLOSE.unauthenticated, reason: "the credential is no longer valid" };
