// MCP by hand: raw messages over HTTP and over a socket, where a client library would be in the way. All that comes back is judged.

import * as z from "zod";
import { expect, inject } from "vitest";
import { assertServerMessage } from "../protocol/schema-oracle.ts";
import type { Revision } from "../protocol/schema-oracle.ts";

const { url, address } = inject("server");

export const MODERN = "2026-07-28";
export const META = "io.modelcontextprotocol";

const Read = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
export type Read = z.output<typeof Read>;

export interface Asked {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly id?: string | number;
}

/** A request of the stateless revision, with all that it must say about itself. */
export function modern({ method, params = {}, id = 1 }: Asked, client: object = {}): object {
  const meta = { [`${META}/protocolVersion`]: MODERN, [`${META}/clientCapabilities`]: client };
  const given = z.record(z.string(), z.unknown()).catch({}).parse(params._meta);
  return { jsonrpc: "2.0", id, method, params: { ...params, _meta: { ...meta, ...given } } };
}

export function shaken({ method, params = {}, id = 1 }: Asked): object {
  return { jsonrpc: "2.0", id, method, params };
}

export interface Sending {
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly query?: string;
}

/** The headers that repeat what the body of a stateless request says; nothing for any other body. */
function mirrored(body: unknown): Record<string, string> {
  const { method, params } = Read.partial().catch({}).parse(body);
  const version = z.looseObject({ [`${META}/protocolVersion`]: z.string() }).safeParse(params?._meta);
  if (method === undefined || !version.success) return {};
  const name = params?.name ?? params?.uri ?? params?.taskId;
  return {
    "mcp-protocol-version": version.data[`${META}/protocolVersion`],
    "mcp-method": method,
    ...(typeof name === "string" && { "mcp-name": name }),
  };
}

/** The response as it comes. A header set to undefined is left out. */
export function open(body: unknown, { key, headers = {}, signal, query = "" }: Sending = {}): Promise<Response> {
  const all: Record<string, string | undefined> = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...mirrored(body),
    ...headers,
  };
  const given = Object.entries(all).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(url + query, { method: "POST", headers: given, body: text, ...(signal && { signal }) });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** In the order in which they came; the last one is the answer. */
  readonly messages: readonly Read[];
  readonly last: Read | undefined;
}

/** Everything until the response ends, each message judged as one of this revision. */
export async function post(body: unknown, sending: Sending = {}, revision: Revision = MODERN): Promise<Answer> {
  const response = await open(body, sending);
  const method = Read.partial().catch({}).parse(body).method;
  const messages = messagesIn(await response.text(), response.headers);
  for (const message of messages) assertServerMessage(revision, method, message);
  return { status: response.status, headers: response.headers, messages, last: messages.at(-1) };
}

function messagesIn(text: string, headers: Headers): readonly Read[] {
  const type = headers.get("content-type") ?? "";
  if (text === "" || type.includes("problem+json")) return [];
  if (!type.includes("text/event-stream"))
    return Read.array()
      .or(Read.transform((one) => [one]))
      .parse(JSON.parse(text));
  return eventsIn(text).flatMap(({ data }) => (data === "" ? [] : [Read.parse(JSON.parse(data))]));
}

export interface StreamEvent {
  readonly id: string | undefined;
  readonly data: string;
}

export function eventsIn(text: string): readonly StreamEvent[] {
  return text
    .split("\n\n")
    .filter((event) => /^data:/m.test(event))
    .map((event) => ({
      id: /^id: ?(.*)$/m.exec(event)?.[1],
      data: /^data: ?(.*)$/m.exec(event)?.[1] ?? "",
    }));
}

/** The events of a stream as they come, for as long as `until` wants more of them. */
export async function readEvents(
  response: Response,
  until: (events: readonly StreamEvent[]) => boolean,
): Promise<readonly StreamEvent[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader && !until(eventsIn(text.slice(0, text.lastIndexOf("\n\n") + 2)))) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader?.cancel();
  return eventsIn(text);
}

export interface Wire {
  readonly received: Read[];
  send(message: unknown): void;
  /** The answer to what was sent with this id. */
  answerTo(id: string | number): Promise<Read>;
  close(): void;
}

export async function openSocket(key: string, protocols: string[] = ["mcp"]): Promise<Wire> {
  const socket = new WebSocket(address, { protocols, headers: { authorization: `Bearer ${key}` } });
  const received: Read[] = [];
  socket.addEventListener("message", ({ data }) => received.push(Read.parse(JSON.parse(String(data)))));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the socket was refused")), { once: true });
  });
  const find = (id: string | number) => received.find((message) => message.id === id && message.method === undefined);
  return {
    received,
    send: (message) => socket.send(JSON.stringify(message)),
    async answerTo(id) {
      await expect.poll(() => find(id), { timeout: 10_000, interval: 20 }).toBeDefined();
      return Read.parse(find(id));
    },
    close: () => socket.close(1000),
  };
}
