// The sockets of open console pages: told that something has changed, never what. They sleep with their object.

import * as z from "zod";
import { CLOSE } from "../jsonrpc/frame.ts";
import { once } from "../once.ts";
import { LIVE_UNTIL_HEADER } from "../ports/approval-console.ts";
import { deployment } from "./deployment.ts";
import type { Activity } from "../ports/metrics.ts";

/** Windows of all people who might decide; beyond it a page asks by itself now and then. */
const MAX_SOCKETS = 500;
/** A page has nothing to say: whoever talks is none. */
const POLICY_VIOLATION = 1008;

export type LiveFrame =
  | { readonly changed: "approval" | "run"; readonly id: string; readonly revision: number }
  | { readonly changed: "switches" | Activity };

const Attachment = once(() => z.object({ untilMs: z.number() }));

export class LiveSockets {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  accept(request: Request): Response {
    if (this.#ctx.getWebSockets().length >= MAX_SOCKETS) return new Response(null, { status: 503 });
    const untilMs = Number(request.headers.get(LIVE_UNTIL_HEADER));
    const { 0: client, 1: socket } = new WebSocketPair();
    this.#ctx.acceptWebSocket(socket);
    socket.serializeAttachment({ untilMs });
    return new Response(null, { status: 101, webSocket: client });
  }

  tell(frame: LiveFrame): void {
    const text = JSON.stringify(frame);
    for (const socket of this.#open()) {
      try {
        socket.send(text);
      } catch {
        // It broke at this moment. The others are told all the same.
      }
    }
  }

  heard(socket: WebSocket): void {
    socket.close(POLICY_VIOLATION, "nothing is said here: pages only listen");
  }

  /** Ends those whose credential has ended. */
  expire(): void {
    for (const socket of this.#open()) {
      if (untilOf(socket) <= deployment.now()) socket.close(CLOSE.unauthenticated, "sign in again");
    }
  }

  nextExpiryMs(): number | undefined {
    const known = this.#open().map(untilOf);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #open(): WebSocket[] {
    return this.#ctx.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN);
  }
}

function untilOf(socket: WebSocket): number {
  return Attachment().parse(socket.deserializeAttachment()).untilMs;
}
