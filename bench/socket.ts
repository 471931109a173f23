// One connection of the load generator: an upgrade over a bare TCP socket, then frames out and frames in.

import { connect } from "node:net";
import { once } from "node:events";
import type { Socket } from "node:net";
import { closeFrame, FrameReader, readReply, textFrame } from "./frames.ts";
import { openPosts } from "./posts.ts";
import type { Posting } from "./posting.ts";

export interface Door {
  readonly port: number;
  readonly path: string;
  readonly key?: string | undefined;
  readonly posting?: Posting | undefined;
  readonly opening?: object | undefined;
}

export interface Line {
  /** A message as it goes over this line: made once, sent many times. */
  encode(message: string): Buffer;
  send(frames: readonly Buffer[]): void;
  /** Every message from now on. */
  listen(onMessage: (payloads: readonly Buffer[]) => void): void;
  /** Says goodbye, and resolves when the other side has hung up or half a second has passed. */
  close(): Promise<void>;
}

/** Upgrades under way at the same time: more would only wait behind each other for the storage's stand-in. */
const AT_ONCE = 16;
/** On a busy machine the look-up of a key can meet its deadline: then the server says "again in a moment". */
const TRIES = 5;

/** So many lines through one door. */
export async function openAll(door: Door, count: number): Promise<readonly Line[]> {
  const lines: Line[] = [];
  let left = count;
  const enter = async () => {
    while (left-- > 0) lines.push(await openPatiently(door));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, enter));
  return lines;
}

async function openPatiently(door: Door): Promise<Line> {
  for (let tried = 1; ; tried++) {
    try {
      const line = door.posting ? await openPosts(door, door.posting) : await open(door);
      if (door.opening) await say(line, door.opening);
      return line;
    } catch (cause) {
      if (tried === TRIES) throw cause;
    }
  }
}

const END_OF_HEAD = "\r\n\r\n";

/** Rejects with the server's words when it does not let us in. */
async function open({ port, path, key }: Door): Promise<Line> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const credential = key === undefined ? [] : [`Authorization: Bearer ${key}`];
  const lines = [`GET ${path} HTTP/1.1`, "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade"];
  const handshake = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: Z2F0ZWhvdXNlLWJlbmNoIQ==", ...credential];
  socket.write([...lines, ...handshake].join("\r\n") + END_OF_HEAD);
  const early = await readHead(socket);
  return line(socket, early);
}

/** Until it is answered: a greeting is no answer. */
async function say(line: Line, opening: object): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    line.listen((payloads) => {
      if (payloads.some((payload) => readReply(payload))) resolve();
    });
  });
  line.send([line.encode(JSON.stringify({ jsonrpc: "2.0", id: 0, ...opening }))]);
  await answered;
}

/** What came behind the head already: a server may greet at once. */
function readHead(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(END_OF_HEAD);
      if (end === -1) return;
      socket.off("data", onData);
      if (head.subarray(0, 12).toString() === "HTTP/1.1 101") resolve(head.subarray(end + END_OF_HEAD.length));
      else reject(new Error(`the server answered an upgrade with: ${head.toString().slice(0, 500)}`));
    };
    socket.on("data", onData);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the server hung up on an upgrade")));
  });
}

function line(socket: Socket, early: Buffer): Line {
  const reader = new FrameReader();
  let onMessage: (payloads: readonly Buffer[]) => void = () => undefined;
  const onData = (chunk: Buffer) => {
    const payloads: Buffer[] = [];
    reader.read(chunk, (payload) => payloads.push(payload));
    if (payloads.length > 0) onMessage(payloads);
  };
  onData(early);
  socket.on("data", onData);
  // A server that hangs up shows as answers that do not come: the one who waits for them says so.
  socket.on("error", () => undefined);

  return {
    encode: textFrame,
    send: (frames) => void socket.write(frames.length === 1 ? (frames[0] ?? "") : Buffer.concat(frames)),
    listen: (listener) => (onMessage = listener),
    async close() {
      if (socket.destroyed) return;
      const closed = once(socket, "close");
      socket.end(closeFrame());
      const timer = setTimeout(() => socket.destroy(), 500);
      await closed;
      clearTimeout(timer);
    },
  };
}
