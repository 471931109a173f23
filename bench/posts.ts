// The other kind of connection of the load generator: HTTP/1.1 kept alive over a bare TCP socket, one POST after the other.

import { once } from "node:events";
import { connect } from "node:net";
import { headersOf } from "./posting.ts";
import type { Posting } from "./posting.ts";
import type { Door, Line } from "./socket.ts";

/** A session that was founded here is named from then on. */
export async function openPosts({ port, path, key }: Door, posting: Posting): Promise<Line> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.on("error", () => undefined);

  const reader = new ResponseReader();
  let session: string | undefined;
  let onMessage: (payloads: readonly Buffer[]) => void = () => undefined;
  socket.on("data", (chunk: Buffer) => {
    const responses = reader.read(chunk);
    session ??= responses.map(({ head }) => /^mcp-session-id: (.+)$/im.exec(head)?.[1]?.trim()).find(Boolean);
    if (responses.length > 0) onMessage(responses.map(({ body }) => messageIn(body)));
  });

  return {
    encode: (message) => {
      const own = { authorization: key && `Bearer ${key}`, "mcp-session-id": session };
      const all = { host: "127.0.0.1", ...headersOf(message, posting), ...own };
      const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
      const length = `content-length: ${Buffer.byteLength(message)}`;
      return Buffer.from([`POST ${path} HTTP/1.1`, ...lines, length, "", message].join("\r\n"));
    },
    send: (requests) => void socket.write(Buffer.concat(requests)),
    listen: (listener) => (onMessage = listener),
    close: async () => {
      if (socket.destroyed) return;
      const closed = once(socket, "close");
      socket.destroy();
      await closed;
    },
  };
}

interface Read {
  readonly head: string;
  readonly body: Buffer;
}

const END_OF_HEAD = "\r\n\r\n";

/** Cuts a stream of responses; what is incomplete waits for the next chunk. */
class ResponseReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): readonly Read[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const responses: Read[] = [];
    for (;;) {
      const end = this.#rest.indexOf(END_OF_HEAD);
      if (end === -1) return responses;
      const head = this.#rest.toString("latin1", 0, end);
      const rest = this.#rest.subarray(end + END_OF_HEAD.length);
      const length = /^content-length: (\d+)/im.exec(head)?.[1];
      const body = length === undefined ? chunked(rest) : plain(rest, Number(length));
      if (!body) return responses;
      responses.push({ head, body: body.body });
      this.#rest = body.rest;
    }
  }
}

interface Body {
  readonly body: Buffer;
  readonly rest: Buffer;
}

function plain(data: Buffer, length: number): Body | undefined {
  return data.length < length ? undefined : { body: data.subarray(0, length), rest: data.subarray(length) };
}

/** RFC 9112 §7.1, without extensions and trailers. */
function chunked(data: Buffer): Body | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = data.indexOf("\r\n", at);
    if (end === -1) return undefined;
    const size = parseInt(data.toString("latin1", at, end), 16);
    const start = end + 2;
    at = start + size + 2;
    if (at > data.length) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), rest: data.subarray(at) };
    parts.push(data.subarray(start, start + size));
  }
}

const DATA = "data: ";

/** A stream of events that holds one message is that message. */
function messageIn(body: Buffer): Buffer {
  if (body[0] === 0x7b) return body;
  const start = body.indexOf(`${DATA}{`);
  return start === -1 ? body : body.subarray(start + DATA.length, body.indexOf("\n", start));
}
