// What the tests in workerd share: keys, agents that hold a socket, the object behind it, and the switch for outages.

import { env, exports } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import * as z from "zod";
import { hmacOfSecret } from "../../src/access/api-key.ts";
import { CHECKPOINT_EVERY_MS } from "../../src/objects/chain.ts";
import { CONTROL_URL, Exchange, Watched } from "./outages.ts";
import type { Command, Outages, Upstream } from "./outages.ts";

export const HOST = "https://gatehouse.test";

/** PostgreSQL as the owner of its tables: to issue keys, and to see what has arrived. */
export async function sql(text: string): Promise<Record<string, unknown>[]> {
  return Rows.parse(await control({ do: "sql", text }));
}

/** What is out of order from now on; `{}` mends everything, and those that hang are answered: out of service. */
export async function breakdown(outages: Outages): Promise<void> {
  await control({ do: "break", outages });
}

/** The bodies of what was asked since `forget`, oldest first. */
export async function asked(upstream: Upstream): Promise<string[]> {
  const exchanges = z.array(Exchange).parse(await control({ do: "exchanges" }));
  return exchanges.filter(({ to }) => to === upstream).map(({ body }) => body);
}

/** What Postgres was asked about keys since `forget`: journals that drain meanwhile ask it for other things. */
export async function lookups(): Promise<string[]> {
  return (await asked("postgres")).filter((body) => body.includes("from api_keys"));
}

/** What the cluster's proxy was told of the traces of its callers since `forget`. */
export async function proxiedTraces(): Promise<string[]> {
  const exchanges = z.array(Exchange).parse(await control({ do: "exchanges" }));
  return exchanges.flatMap(({ to, traceparent }) => (to === "cluster" && traceparent ? [traceparent] : []));
}

/** Whether anything asked of `upstream` since `forget` was left before it was answered. */
export async function wasLeft(upstream: Upstream): Promise<boolean> {
  const exchanges = z.array(Exchange).parse(await control({ do: "exchanges" }));
  return exchanges.some(({ to, hasLeft }) => to === upstream && hasLeft);
}

/** The watches of `namespace` that are open at the cluster's proxy, and those that were. */
export async function watchesOf(namespace: string): Promise<readonly Watched[]> {
  const watches = z.array(Watched).parse(await control({ do: "watches" }));
  return watches.filter((watch) => watch.namespace === namespace);
}

/** A line of every watch of `namespace` that is open. */
export async function watchSays(namespace: string, line: object): Promise<void> {
  await control({ do: "say", namespace, line });
}

export async function cutWatch(namespace: string): Promise<void> {
  await control({ do: "cut", namespace });
}

export async function forget(): Promise<void> {
  await control({ do: "forget" });
}

/** Asks again until it is so. Generous: a busy machine is slow, and only a failure waits this long. */
export function eventually(check: () => boolean | Promise<boolean>): Promise<boolean> {
  return vi.waitUntil(check, { timeout: 20_000, interval: 10 });
}

/**
 * The minutes of the platform's limiter are those of the clock on the wall, which no test can set: of what began in one
 * and ended in the next nothing can be said, and it is done again.
 */
export async function withinOneMinute<T>(work: () => Promise<T>): Promise<T> {
  const minute = () => Math.floor(Date.now() / 60_000);
  for (;;) {
    const began = minute();
    const done = await work();
    if (minute() === began) return done;
  }
}

const Rows = z.array(z.record(z.string(), z.unknown()));

async function control(command: Command): Promise<unknown> {
  const response = await fetch(CONTROL_URL, { method: "POST", body: JSON.stringify(command) });
  return response.json();
}

export interface Key {
  readonly principal: string;
  readonly token: string;
}

/** A principal of its own for each key, so that no test meets another's context. */
export async function issueKey(roles: readonly string[], { expiresInS = 3_600 } = {}): Promise<Key> {
  const id = crypto.randomUUID().replaceAll("-", "");
  const [principal, keyId, secret] = [`agent:${id}`, id.slice(0, 16), `${id}${id}`.slice(0, 43)];
  await sql(
    `insert into api_keys (key_id, secret_hmac, principal, kind, roles, on_behalf_of, expires_at)
     values ('${keyId}', '${hmacOfSecret(secret, env.KEY_PEPPER)}', '${principal}', 'agent', '{${roles.join(",")}}',
             'team/oncall', now() + interval '${expiresInS} seconds')`,
  );
  return { principal, token: `ghk_${keyId}_${secret}` };
}

export async function revoke({ principal }: Key): Promise<void> {
  await sql(`update api_keys set revoked_at = now() where principal = '${principal}'`);
}

/** The clock of the Worker and of its objects stands `ms` later, until `vi.useRealTimers`. Alarms do not see it. */
export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** The clock stands ahead of the platform's: no alarm rings but by the test's hand, however long a busy machine takes. */
export function aheadOfAlarms(): void {
  pass(10 * 60_000);
}

/** Another one each time: the limits of the door are per address. */
export function address(): string {
  return `2001:db8::${crypto.randomUUID().slice(0, 4)}:${crypto.randomUUID().slice(0, 4)}`;
}

export function upgrade(headers: Readonly<Record<string, string>> = {}, address = `${HOST}/mcp`): Promise<Response> {
  return exports.default.fetch(address, { headers: { upgrade: "websocket", ...headers } });
}

export interface AgentOptions {
  /** Its object is put to sleep before every frame. */
  readonly sleeps?: boolean;
}

export async function connect(roles: readonly string[] = ["observer"], options: AgentOptions = {}): Promise<Agent> {
  return connectWith(await issueKey(roles), options);
}

export async function connectWith(key: Key, options: AgentOptions = {}): Promise<Agent> {
  const socket = requireSocket(await upgrade({ authorization: `Bearer ${key.token}`, "cf-connecting-ip": address() }));
  const agent = new Agent(socket, key, options);
  await agent.notified("mcp.session");
  return agent;
}

export function requireSocket({ status, webSocket }: Response): WebSocket {
  if (!webSocket) throw new Error(`no socket, but status ${status}`);
  return webSocket;
}

const Message = z.looseObject({
  id: z.unknown().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
});
export type Message = z.output<typeof Message>;

const Opened = z.object({ session_id: z.string() });

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client that remembers whatever it was sent. */
export class Peer {
  readonly socket: WebSocket;
  /** Texts as they came, in order. */
  readonly received: string[] = [];
  closed: Closed | undefined;
  #waiting = new Set<() => void>();
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.received.push(String(data));
      this.#wake();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
    socket.accept();
  }

  get messages(): Message[] {
    return this.received.filter((text) => text.startsWith("{")).map((text) => Message.parse(JSON.parse(text)));
  }

  async call(method: string, params?: object): Promise<Message> {
    const id = this.request(method, params);
    return this.reply(id);
  }

  /** Sends and does not wait; answers the id. */
  request(method: string, params?: object): number {
    this.#lastId += 1;
    this.send({ jsonrpc: "2.0", id: this.#lastId, method, params });
    return this.#lastId;
  }

  send(message: object): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  reply(id: unknown): Promise<Message> {
    return this.until(() => this.messages.find((message) => message.id === id && message.method === undefined));
  }

  notified(method: string): Promise<Message> {
    return this.until(() => this.messages.find((message) => message.method === method));
  }

  closing(): Promise<Closed> {
    return this.until(() => this.closed);
  }

  /** As soon as there is something to find; the test's own timeout is the bound. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((wake) => this.#waiting.add(wake));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }
}

export class Agent extends Peer {
  readonly key: Key;
  readonly #sleeps: boolean;

  constructor(socket: WebSocket, key: Key, { sleeps = false }: AgentOptions) {
    super(socket);
    this.key = key;
    this.#sleeps = sleeps;
  }

  get principal(): string {
    return this.key.principal;
  }

  get sessionId(): string {
    const opened = this.messages.find(({ method }) => method === "mcp.session");
    return Opened.parse(opened?.params).session_id;
  }

  get object() {
    return env.SESSION.getByName(this.sessionId);
  }

  /** What its chain is called, as the object has it: nothing before its first row, nor when all has arrived and it is gone. */
  async chainId(): Promise<string | undefined> {
    const state = await runInDurableObject(this.object, (_, { storage }) => storage.kv.get("chain"));
    return z.object({ id: z.string() }).optional().parse(state)?.id;
  }

  /** The object forgets everything that is not in its storage or on its socket. */
  sleep(): Promise<void> {
    return evictDurableObject(this.object);
  }

  /** Sleeps if this agent's object does: for the tests that send several frames at once. */
  async settle(): Promise<void> {
    if (this.#sleeps) await this.sleep();
  }

  override async call(method: string, params?: object): Promise<Message> {
    await this.settle();
    return super.call(method, params);
  }

  /** Sends a text and answers the next text that comes back. */
  async exchange(text: string): Promise<unknown> {
    await this.settle();
    const before = this.received.length;
    this.sendText(text);
    return JSON.parse(await this.until(() => this.received[before]));
  }

  /** The journal as it stands in the object: what the calls so far have left there. Its tables come with its first row. */
  async journal(): Promise<JournalLine[]> {
    if ((await this.stored("select 1 from sqlite_master where name = 'journal'")).length === 0) return [];
    const rows = await this.stored("select seq, record, prev_hash, hash from journal order by seq");
    return rows.map((row) => JournalLine.parse(row));
  }

  async stored(query: string): Promise<Record<string, unknown>[]> {
    return runInDurableObject(this.object, (_, { storage }) => Array.from(storage.sql.exec(query)));
  }

  alarmAt(): Promise<number | null> {
    return runInDurableObject(this.object, (_, { storage }) => storage.getAlarm());
  }

  /** Nothing is to be done but to sign the head of its chain, an hour after the last time. */
  async isAtRest(): Promise<boolean> {
    const [state, alarmAtMs] = await runInDurableObject(this.object, async (_, { storage }) => {
      return [storage.kv.get("chain"), await storage.getAlarm()] as const;
    });
    const { signedAtMs } = z.object({ signedAtMs: z.number() }).parse(state);
    return alarmAtMs === signedAtMs + CHECKPOINT_EVERY_MS;
  }

  /** Runs the alarm now, if one is set, and answers whether it was. */
  drain(): Promise<boolean> {
    return runDurableObjectAlarm(this.object);
  }

  /** The machine fails: nothing that is not committed yet ever happened, and the socket breaks. */
  async crash(): Promise<void> {
    const crashed = runInDurableObject(this.object, (_, state) => state.abort("a crash, by order of the test"));
    await crashed.catch(() => undefined); // it cannot end otherwise
  }

  /** What Postgres was asked about its key and its rows since `forget`: another session's alarm may run meanwhile. */
  async queries(): Promise<string[]> {
    const keyId = this.key.token.slice(4, 20);
    return (await asked("postgres")).filter((body) => body.includes(keyId) || body.includes(this.sessionId));
  }

  /** Its rows in PostgreSQL, in the order of the chain. */
  async logged(): Promise<Record<string, unknown>[]> {
    return sql(`select * from audit_logs where session_id = '${this.sessionId}' order by seq`);
  }
}

const JournalLine = z.object({
  seq: z.int(),
  record: z.string().transform((text) => z.looseObject({ phase: z.string() }).parse(JSON.parse(text))),
  prev_hash: z.string(),
  hash: z.string(),
});
export type JournalLine = z.output<typeof JournalLine>;

/** The shape of a refusal, to compare a reply with. */
export function refusal(code: number, reason: string, more: object = {}): object {
  return { error: { code, data: { reason, ...more } } };
}
