// An agent: the small end of the socket, for the demo, the test client and the end-to-end tests.

import { request } from "node:http";
import { request as secureRequest } from "node:https";
import * as z from "zod";

const Incoming = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z
    .looseObject({ code: z.number(), message: z.string(), data: z.looseObject({ reason: z.string() }) })
    .optional(),
});
export type Incoming = z.output<typeof Incoming>;

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class Agent {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string | number, (message: Incoming) => void>();
  readonly #listeners = new Set<(frame: string, message: Incoming | undefined) => void>();
  #nextId = 1;
  readonly closed: Promise<Closed>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }), { once: true });
    });
  }

  /** Rejects with what the server said when it did not let us in. */
  static async connect(address: string, key?: string): Promise<Agent> {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const socket = new WebSocket(address, { headers });
    const agent = new Agent(socket);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.addEventListener("open", () => resolve(true), { once: true });
      socket.addEventListener("error", () => resolve(false), { once: true });
    });
    if (!isOpen) throw new Error(await whyRefused(address, headers));
    return agent;
  }

  /** The whole answer, result or error; rejects when the socket closes first. */
  request(method: string, params?: object): Promise<Incoming> {
    const id = this.#nextId++;
    const answer = new Promise<Incoming>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      void this.closed.then(({ code, reason }) => reject(new Error(`the socket was closed: ${code} ${reason}`)));
    });
    this.send(JSON.stringify({ jsonrpc: "2.0", id, method, ...(params && { params }) }));
    return answer;
  }

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** Every frame that comes in, and the message in it where it is one. */
  listen(listener: (frame: string, message: Incoming | undefined) => void): void {
    this.#listeners.add(listener);
  }

  /** The next notification of this method. */
  notified(method: string): Promise<Incoming> {
    return new Promise((resolve) => this.listen((_frame, message) => message?.method === method && resolve(message)));
  }

  async close(): Promise<Closed> {
    this.#socket.close(1000);
    return this.closed;
  }

  #receive(frame: string): void {
    const parsed = Incoming.safeParse(parseJson(frame));
    const message = parsed.success ? parsed.data : undefined;
    for (const listener of this.#listeners) listener(frame, message);
    if (message?.id === undefined || message.id === null) return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A WebSocket client is not told why its upgrade failed; a plain request that asks for the same is. */
function whyRefused(address: string, headers: Record<string, string>): Promise<string> {
  const url = new URL(address.replace(/^ws/, "http"));
  const ask = url.protocol === "https:" ? secureRequest : request;
  const handshake = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
  return new Promise((resolve) => {
    const asked = ask(url, { headers: { ...headers, ...handshake, "sec-websocket-key": "Z2F0ZWhvdXNlLWNsaWVudC0x" } });
    asked.on("response", (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve(`${response.statusCode ?? ""} ${body.slice(0, 1_000)}`));
    });
    asked.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve("the connection failed the first time and would work now: try again");
    });
    asked.on("error", (cause) => resolve(`${address} cannot be reached (${cause.message})`));
    asked.end();
  });
}
