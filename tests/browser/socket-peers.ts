// The server's side of WebSockets that only ever say something: the handshake, short text frames, and the end (RFC 6455).

import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT_FRAME = 0x81;
const CLOSE_FRAME = Buffer.from([0x88, 0x00]);
/** What fits into a frame with a length of one byte. */
const MAX_BYTES = 125;

export class SocketPeers {
  readonly #sockets = new Set<Duplex>();
  /** Said before the first of them came; nothing is kept for those that went away. */
  #waiting: Buffer[] | undefined = [];

  get count(): number {
    return this.#sockets.size;
  }

  add({ headers }: IncomingMessage, socket: Duplex): void {
    const accept = createHash("sha1")
      .update(`${headers["sec-websocket-key"] ?? ""}${GUID}`)
      .digest("base64");
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${accept}`,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    this.#sockets.add(socket);
    for (const frame of this.#waiting ?? []) socket.write(frame);
    this.#waiting = undefined;
    const forget = () => void this.#sockets.delete(socket);
    socket.on("close", forget);
    socket.on("error", forget);
    // The page sends nothing but that it closes.
    socket.on("data", () => socket.end(CLOSE_FRAME));
  }

  send(text: string): void {
    const content = Buffer.from(text);
    if (content.length > MAX_BYTES) throw new Error("longer than this peer can say");
    const frame = Buffer.concat([Buffer.from([TEXT_FRAME, content.length]), content]);
    this.#waiting?.push(frame);
    for (const socket of this.#sockets) socket.write(frame);
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.end(CLOSE_FRAME);
    this.#sockets.clear();
  }
}
