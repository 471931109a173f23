// A client of MCP over HTTP that knows nothing but the wire: one message a POST, an answer or a stream of events.

import { env, exports } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import * as z from "zod";
import { address, HOST, sql } from "./world.ts";
import type { Key } from "./world.ts";

export const MODERN = "2026-07-28";
export const NEWEST_HANDSHAKE = "2025-11-25";

const Message = z.looseObject({
  id: z.unknown().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.int() }).optional(),
});
export type Message = z.output<typeof Message>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly message: Message;
}

/** The events of a response, as they come. */
export class Events {
  /** With the comments, in order. */
  text = "";
  isOver = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();

  constructor({ body }: Response) {
    if (!body) throw new Error("a response without a body");
    this.#reader = body.getReader();
  }

  get #events(): { readonly id?: string; readonly data: string }[] {
    const blocks = this.text.split("\n\n").slice(0, -1);
    return blocks
      .filter((block) => !block.startsWith(":"))
      .map((block) => {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        return { data: /^data: (.*)$/m.exec(block)?.[1] ?? "", ...(id !== undefined && { id }) };
      });
  }

  get messages(): Message[] {
    return this.#events.filter(({ data }) => data !== "").map(({ data }) => Message.parse(JSON.parse(data)));
  }

  /** Of every event that has one. */
  get ids(): string[] {
    return this.#events.flatMap(({ id }) => (id === undefined ? [] : [id]));
  }

  /** Reads on until there is something to find; a stream that ends before is an error. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (!(await this.#next())) throw new Error(`the stream has ended with: ${this.text}`);
    }
  }

  notified(method: string): Promise<Message> {
    return this.until(() => this.messages.find((message) => message.method === method));
  }

  reply(id: unknown): Promise<Message> {
    return this.until(() => this.messages.find((message) => message.id === id && message.method === undefined));
  }

  /** All of it. */
  async end(): Promise<Message[]> {
    while (await this.#next());
    return this.messages;
  }

  /** The client goes away. */
  leave(): Promise<void> {
    return this.#reader.cancel();
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (value) this.text += this.#decoder.decode(value, { stream: true });
    this.isOver ||= done;
    return !done;
  }
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Whoever holds a credential and talks to /mcp. */
export class HttpClient {
  readonly token: string;
  readonly address = address();

  constructor({ token }: Pick<Key, "token">) {
    this.token = token;
  }

  fetch(method: string, body: string | undefined, { headers = {}, signal }: Asking = {}): Promise<Response> {
    return exports.default.fetch(`${HOST}/mcp`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        "cf-connecting-ip": this.address,
        ...(body !== undefined && { "content-type": "application/json" }),
        accept: "application/json, text/event-stream",
        ...headers,
      },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
  }

  async post(message: object, asking: Asking = {}): Promise<Answer> {
    return answerOf(await this.fetch("POST", JSON.stringify(message), asking));
  }
}

/** Whether it came as JSON or as the last event of a stream. */
export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  if (headers.get("content-type")?.startsWith("text/event-stream")) {
    const messages = await new Events(response).end();
    return { status, headers, message: messages.at(-1) ?? {} };
  }
  const text = await response.text();
  return { status, headers, message: text.startsWith("{") ? Message.parse(JSON.parse(text)) : {} };
}

export interface ModernOptions extends Asking {
  readonly id?: number | string;
  readonly capabilities?: object;
}

/** Single requests of 2026-07-28. */
export class ModernClient extends HttpClient {
  readonly principal: string;
  #lastId = 0;

  constructor(key: Key) {
    super(key);
    this.principal = key.principal;
  }

  get object() {
    return env.SESSION.getByName(`principal:${this.principal}`);
  }

  /** Sends, and answers as soon as the headers are there. */
  open(method: string, params: object = {}, options: ModernOptions = {}): Promise<Response> {
    this.#lastId += 1;
    const { id = this.#lastId, capabilities = {}, headers = {}, signal } = options;
    return this.fetch("POST", JSON.stringify(modern({ id, method, params, capabilities })), {
      headers: { ...modernHeaders(method, params), ...headers },
      ...(signal && { signal }),
    });
  }

  async call(method: string, params: object = {}, options: ModernOptions = {}): Promise<Message> {
    return (await answerOf(await this.open(method, params, options))).message;
  }

  tool(name: string, args: object = {}, options: ModernOptions = {}): Promise<Message> {
    return this.call("tools/call", { name, arguments: args }, options);
  }
}

interface Modern {
  readonly id: number | string;
  readonly method: string;
  readonly params: object;
  readonly capabilities?: object;
}

export function modern({ id, method, params, capabilities = {} }: Modern): object {
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
  return { jsonrpc: "2.0", id, method, params: { ...params, _meta } };
}

const Named = z.looseObject({ name: z.string().optional(), uri: z.string().optional(), taskId: z.string().optional() });

export function modernHeaders(method: string, params: object): Record<string, string> {
  const { name, uri, taskId } = Named.parse(params);
  const named = name ?? uri ?? taskId;
  return {
    "mcp-protocol-version": MODERN,
    "mcp-method": method,
    ...(named !== undefined && { "mcp-name": named }),
  };
}

/** A session that began with `initialize`. */
export class HandshakeClient extends HttpClient {
  readonly sessionId: string;
  readonly #version: string;
  #lastId = 1;

  constructor(key: Pick<Key, "token">, { sessionId, version }: { sessionId: string; version: string }) {
    super(key);
    this.sessionId = sessionId;
    this.#version = version;
  }

  get object() {
    return env.SESSION.getByName(this.sessionId);
  }

  override fetch(method: string, body: string | undefined, { headers, signal }: Asking = {}): Promise<Response> {
    const own = { "mcp-session-id": this.sessionId, "mcp-protocol-version": this.#version };
    return super.fetch(method, body, { headers: { ...own, ...headers }, ...(signal && { signal }) });
  }

  /** As if by another holder of a credential. */
  as({ token }: Pick<Key, "token">): HandshakeClient {
    return new HandshakeClient({ token }, { sessionId: this.sessionId, version: this.#version });
  }

  async call(method: string, params: object = {}, asking: Asking = {}): Promise<Message> {
    return (await answerOf(await this.open(method, params, asking))).message;
  }

  open(method: string, params: object = {}, asking: Asking = {}): Promise<Response> {
    this.#lastId += 1;
    return this.fetch("POST", JSON.stringify({ jsonrpc: "2.0", id: this.#lastId, method, params }), asking);
  }

  tool(name: string, args: object = {}): Promise<Message> {
    return this.call("tools/call", { name, arguments: args });
  }

  /** What is said unasked, or the rest of a stream. */
  async listen(lastEventId?: string): Promise<Events> {
    return new Events(await this.get(lastEventId));
  }

  get(lastEventId?: string): Promise<Response> {
    const headers = { accept: "text/event-stream", ...(lastEventId !== undefined && { "last-event-id": lastEventId }) };
    return this.fetch("GET", undefined, { headers });
  }

  end(): Promise<Response> {
    return this.fetch("DELETE", undefined);
  }

  sleep(): Promise<void> {
    return evictDurableObject(this.object);
  }

  drain(): Promise<boolean> {
    return runDurableObjectAlarm(this.object);
  }
}

export function initialize(version: string = NEWEST_HANDSHAKE, capabilities: object = {}): object {
  const params = { protocolVersion: version, capabilities, clientInfo: { name: "test", version: "1" } };
  return { jsonrpc: "2.0", id: 1, method: "initialize", params };
}

export async function shakeHands(
  key: Pick<Key, "token">,
  { version = NEWEST_HANDSHAKE, capabilities = {} } = {},
): Promise<HandshakeClient> {
  const { headers, message } = await new HttpClient(key).post(initialize(version, capabilities));
  const sessionId = headers.get("mcp-session-id");
  if (sessionId === null) throw new Error(`no session: ${JSON.stringify(message)}`);
  const client = new HandshakeClient(key, { sessionId, version });
  await client.fetch("POST", '{"jsonrpc":"2.0","method":"notifications/initialized"}');
  return client;
}

type SessionStub = ReturnType<typeof env.SESSION.getByName>;

/** Everything an object has stored: the names of its tables but the platform's own, and the keys beside them. */
export async function storedIn(object: SessionStub): Promise<string[]> {
  return runInDurableObject(object, (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("select name from sqlite_master where type = 'table'");
    const names = Array.from(tables, ({ name }) => name).filter((name) => !name.startsWith("_cf_"));
    return [...names, ...Array.from(storage.kv.list(), ([key]) => key)];
  });
}

export function alarmOf(object: SessionStub): Promise<number | null> {
  return runInDurableObject(object, (_, { storage }) => storage.getAlarm());
}

/** The records in an object's journal, oldest first. */
export async function recordsIn(object: SessionStub): Promise<Record<string, unknown>[]> {
  return runInDurableObject(object, (_, { storage }) => {
    const has = Array.from(storage.sql.exec("select 1 from sqlite_master where name = 'journal'")).length > 0;
    if (!has) return [];
    const rows = storage.sql.exec<{ record: string }>("select record from journal order by seq");
    return Array.from(rows, ({ record }) => z.looseObject({}).parse(JSON.parse(record)));
  });
}

/** The rows of a session in PostgreSQL; the object of one is called like it. */
export async function loggedBy(object: SessionStub): Promise<Record<string, unknown>[]> {
  return sql(`select * from audit_logs where session_id = '${object.name ?? ""}' order by seq`);
}
