// MCP over our WebSocket for a client whose SDK has no such transport: one message a frame.

import { JSONRPCMessageSchema } from "@modelcontextprotocol/core";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";

export class SocketTransport implements Transport {
  readonly #socket: WebSocket;
  onmessage?: Transport["onmessage"];
  onclose?: Transport["onclose"];
  onerror?: Transport["onerror"];

  constructor(address: string, key: string) {
    this.#socket = new WebSocket(address, { protocols: ["mcp"], headers: { authorization: `Bearer ${key}` } });
  }

  start(): Promise<void> {
    this.#socket.addEventListener("message", ({ data }) => {
      this.onmessage?.(JSONRPCMessageSchema.parse(JSON.parse(String(data))));
    });
    this.#socket.addEventListener("close", () => this.onclose?.());
    return new Promise((resolve, reject) => {
      this.#socket.addEventListener("open", () => resolve(), { once: true });
      this.#socket.addEventListener("error", () => reject(new Error("the socket was refused")), { once: true });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    this.#socket.send(JSON.stringify(message));
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#socket.close(1000);
    return Promise.resolve();
  }
}
