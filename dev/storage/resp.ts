// A Redis client as small as the Upstash stand-in needs: RESP2, one connection, commands in the order they are sent.

import { connect, type Socket } from "node:net";

export type Reply =
  | { readonly kind: "status" | "error"; readonly text: string }
  | { readonly kind: "bulk"; readonly bytes: Buffer }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "null" }
  | { readonly kind: "array"; readonly items: readonly Reply[] };

export interface RespClient {
  /** One write for all of them, so nothing of another caller comes in between; one reply for each. */
  send(commands: readonly (readonly string[])[]): Promise<readonly Reply[]>;
  close(): void;
}

interface Waiting {
  readonly wanted: number;
  readonly replies: Reply[];
  readonly resolve: (replies: readonly Reply[]) => void;
  readonly reject: (cause: Error) => void;
}

/** Connects when first used, and again after the connection was lost. */
export function respClient(url: string): RespClient {
  const target = new URL(url);
  let connection: Connection | undefined;

  function open(): Connection {
    const opened = openConnection(target, () => (connection = undefined));
    const { username, password, pathname } = target;
    const greeting: string[][] = [];
    if (password) greeting.push(["AUTH", ...[username, password].filter(Boolean).map(decodeURIComponent)]);
    if (pathname.length > 1) greeting.push(["SELECT", pathname.slice(1)]);
    if (greeting.length > 0) opened.send(greeting).catch(() => undefined); // the command after it fails, and says so
    return opened;
  }

  return {
    send: (commands) => (commands.length === 0 ? Promise.resolve([]) : (connection ??= open()).send(commands)),
    close: () => connection?.socket.destroy(),
  };
}

interface Connection {
  readonly socket: Socket;
  send(commands: readonly (readonly string[])[]): Promise<readonly Reply[]>;
}

function openConnection({ hostname, port }: URL, closed: () => void): Connection {
  const socket = connect({ host: hostname, port: Number(port || 6379), noDelay: true });
  const queue: Waiting[] = [];
  let unread: Buffer = Buffer.alloc(0);

  function end(cause: Error): void {
    closed();
    for (const waiting of queue.splice(0)) waiting.reject(cause);
  }
  socket.on("error", end);
  socket.on("close", () => end(new Error("Redis closed the connection")));
  socket.on("data", (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let read = parse(unread, 0); read; read = parse(unread, 0)) {
      unread = unread.subarray(read.next);
      deliver(queue, read.reply);
    }
  });

  return {
    socket,
    send: (commands) =>
      new Promise((resolve, reject) => {
        queue.push({ wanted: commands.length, replies: [], resolve, reject });
        socket.write(Buffer.concat(commands.map(encode)));
      }),
  };
}

function deliver(queue: Waiting[], reply: Reply): void {
  const [waiting] = queue;
  if (!waiting) return;
  waiting.replies.push(reply);
  if (waiting.replies.length < waiting.wanted) return;
  queue.shift();
  waiting.resolve(waiting.replies);
}

function encode(command: readonly string[]): Buffer {
  const parts = command.map((argument) => `$${Buffer.byteLength(argument)}\r\n${argument}\r\n`);
  return Buffer.from(`*${command.length}\r\n${parts.join("")}`);
}

interface Read {
  readonly reply: Reply;
  readonly next: number;
}

/** Nothing while the reply is not there in full. */
function parse(buffer: Buffer, start: number): Read | undefined {
  const end = buffer.indexOf("\r\n", start);
  if (end < 0) return undefined;
  const line = buffer.toString("utf8", start + 1, end);
  const next = end + 2;
  switch (String.fromCharCode(buffer[start] ?? 0)) {
    case "+":
      return { reply: { kind: "status", text: line }, next };
    case "-":
      return { reply: { kind: "error", text: line }, next };
    case ":":
      return { reply: { kind: "integer", value: Number(line) }, next };
    case "$":
      return parseBulk(buffer, next, Number(line));
    case "*":
      return parseArray(buffer, next, Number(line));
    default:
      // Not RESP2. One error ends nothing: the bytes behind it make no sense either, and the caller sees why.
      return { reply: { kind: "error", text: "ERR the server does not speak RESP2" }, next: buffer.length };
  }
}

function parseBulk(buffer: Buffer, start: number, length: number): Read | undefined {
  if (length < 0) return { reply: { kind: "null" }, next: start };
  const next = start + length + 2;
  if (buffer.length < next) return undefined;
  return { reply: { kind: "bulk", bytes: buffer.subarray(start, start + length) }, next };
}

function parseArray(buffer: Buffer, start: number, length: number): Read | undefined {
  if (length < 0) return { reply: { kind: "null" }, next: start };
  const items: Reply[] = [];
  let next = start;
  for (let index = 0; index < length; index += 1) {
    const item = parse(buffer, next);
    if (!item) return undefined;
    items.push(item.reply);
    next = item.next;
  }
  return { reply: { kind: "array", items }, next };
}
