// One socket that carries the requests of several callers, each of whom may number them as it likes.

import * as z from "zod";
import type { Behind } from "./front.ts";

export interface Request {
  readonly id: string | number | null;
  readonly method: string;
}

/** `isLast` with the answer; what comes before it is a notification or, in a handshake session, a question. */
type Hear = (message: string, isLast: boolean) => void;

interface Asked {
  readonly request: Request;
  readonly hear: Hear;
}

const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";
const Meta = z.looseObject({ [SUBSCRIPTION]: z.union([z.string(), z.number()]).optional() });
const Incoming = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({ _meta: Meta.optional() }).optional(),
});
type Incoming = z.output<typeof Incoming>;

export class SocketLine {
  readonly #socket: WebSocket;
  readonly #asked = new Map<string, Asked>();
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(Incoming.parse(JSON.parse(String(data)))));
  }

  /** Undefined where the upgrade was refused. */
  static open({ url, key }: Behind, origin: string | undefined): Promise<SocketLine | undefined> {
    const socket = new WebSocket(url.replace(/^http/, "ws"), {
      protocols: ["mcp"],
      headers: { authorization: `Bearer ${key}`, ...(origin !== undefined && { origin }) },
    });
    return new Promise((resolve) => {
      socket.addEventListener("open", () => resolve(new SocketLine(socket)), { once: true });
      socket.addEventListener("error", () => resolve(undefined), { once: true });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(body: string): void {
    this.#socket.send(body);
  }

  ask(request: Request, hear: Hear): { leave(): void } {
    // Null is not ours to make valid.
    const ours = request.id === null ? "null" : `line-${++this.#count}`;
    this.#asked.set(ours, { request, hear });
    this.send(JSON.stringify({ ...request, id: request.id === null ? null : ours }));
    return {
      leave: () => {
        if (!this.#asked.delete(ours) || !this.isOpen) return;
        const params = { requestId: ours };
        this.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params }));
      },
    };
  }

  close(): void {
    this.#socket.close(1000);
  }

  #receive(message: Incoming): void {
    // The greeting of our own dialect, and what it tells unasked.
    if (message.method?.startsWith("mcp.") === true) return;
    if (message.method !== undefined) {
      this.#tell(message);
      return;
    }
    const ours = String(message.id);
    const asked = this.#asked.get(ours);
    this.#asked.delete(ours);
    asked?.hear(JSON.stringify({ ...message, id: asked.request.id }), true);
  }

  /** To the subscription it names; to everyone who waits for something, where it names none. */
  #tell(message: Incoming): void {
    const subscription = message.params?._meta?.[SUBSCRIPTION];
    if (subscription === undefined) {
      for (const { hear } of this.#asked.values()) hear(JSON.stringify(message), false);
      return;
    }
    const asked = this.#asked.get(String(subscription));
    const _meta = { ...message.params?._meta, [SUBSCRIPTION]: asked?.request.id };
    asked?.hear(JSON.stringify({ ...message, params: { ...message.params, _meta } }), false);
  }
}
