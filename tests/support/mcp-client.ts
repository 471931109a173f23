// A client of MCP in one revision, before a session of `world`: all that it is told is judged by the official schema.

import * as z from "zod";
import { createPeer } from "../../src/dialect/peer.ts";
import { answer } from "../../src/jsonrpc/answer.ts";
import { META, MODERN, TASKS_EXTENSION } from "../../src/mcp/versions.ts";
import { assertServerMessage } from "../protocol/schema-oracle.ts";
import type { Handshake } from "../../src/mcp/handshake.ts";
import type { Revision } from "../protocol/schema-oracle.ts";
import type { World } from "./world.ts";

export interface ClientOptions {
  readonly revision?: Revision;
  readonly capabilities?: object;
  /** Somebody other than the session's own principal. */
  readonly principalId?: string;
  readonly headerVersion?: string;
  /** Added to the `_meta` of every request. */
  readonly meta?: object;
  readonly survivesSleep?: boolean;
}

const Reply = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
export type Reply = z.output<typeof Reply>;
const Said = z.looseObject({
  method: z.string().optional(),
  id: z.unknown().optional(),
  params: z.looseObject({}).optional(),
});
export type Said = z.output<typeof Said>;

export const WITH_TASKS = { extensions: { [TASKS_EXTENSION]: {} } };

export function mcpClient(made: World, options: ClientOptions = {}) {
  const { revision = MODERN, capabilities = {}, principalId, headerVersion, meta = {}, survivesSleep = true } = options;
  const said: Said[] = [];
  const closes: (() => void)[] = [];
  const ended: unknown[] = [];
  const asked = new Map<unknown, string>();
  let agreed: Handshake | undefined;
  let requests = 0;

  const hear = (text: string): void => {
    const message = Said.parse(JSON.parse(text));
    assertServerMessage(revision, message.method === undefined ? asked.get(message.id) : undefined, message);
    said.push(message);
  };
  const hold = (onClose: () => void) => {
    closes.push(onClose);
    return () => void ended.push("ended by the server");
  };
  const { session } = made;
  const { caller } = session.actor;
  const isOther = principalId !== undefined && caller.kind !== "anonymous";
  const other = isOther ? { ...session, actor: { ...session.actor, caller: { ...caller, id: principalId } } } : session;
  const peer = createPeer(
    {
      ...made.mcp,
      session: other,
      out: { send: hear, tell: hear, hold, isTold: true, survivesSleep },
      handshake: { current: () => agreed, agree: (next) => void (agreed = next) },
    },
    headerVersion,
  );

  const send = async (frame: unknown): Promise<unknown> => {
    const answered = await answer(JSON.stringify(frame), peer);
    const parsed: unknown = answered && JSON.parse(answered.text);
    return parsed;
  };
  const own = { [META.protocolVersion]: MODERN, [META.clientCapabilities]: capabilities, ...meta };
  const withMeta = (params: object) => {
    const { _meta: given = {} } = z.looseObject({ _meta: z.looseObject({}).optional() }).parse(params);
    const all = { ...(revision === MODERN ? own : meta), ...given };
    return Object.keys(all).length === 0 ? params : { ...params, _meta: all };
  };

  /** Undefined for a request that is not answered, or not yet. */
  async function maybe(method: string, params: object = {}, id: string | number = `r${(requests += 1)}`) {
    asked.set(id, method);
    const reply = await send({ jsonrpc: "2.0", id, method, params: withMeta(params) });
    if (reply === undefined) return undefined;
    assertServerMessage(revision, method, reply);
    return Reply.parse(reply);
  }

  return {
    peer,
    /** What was said to it beside answers, oldest first. */
    said,
    /** Streams that the server ended. */
    ended,
    leave: () => closes.splice(0).forEach((close) => close()),
    send,
    maybe,
    async request(method: string, params?: object, id?: string | number): Promise<Reply> {
      const reply = await maybe(method, params, id);
      if (!reply) throw new Error(`${method} was not answered`);
      return reply;
    },
    notify: (method: string, params: object = {}) => send({ jsonrpc: "2.0", method, params }),
    /** The answer to a request of the server's. */
    respond: (id: unknown, outcome: object) => send({ jsonrpc: "2.0", id, ...outcome }),
  };
}

export type McpClient = ReturnType<typeof mcpClient>;

/** One that has shaken hands. */
export async function shaken(made: World, options: ClientOptions & { readonly revision: Revision }) {
  const client = mcpClient(made, options);
  await client.request("initialize", {
    protocolVersion: options.revision,
    capabilities: options.capabilities ?? {},
    clientInfo: { name: "a client of the tests", version: "1" },
  });
  return client;
}

/** What a result holds under this name. */
export function part(reply: Reply | undefined, name: string): unknown {
  return reply?.result?.[name];
}

/** The text of a tool's result. */
export function textOf(reply: Reply | undefined): string {
  const blocks = z.array(z.looseObject({ text: z.string() })).parse(part(reply, "content"));
  return blocks.map(({ text }) => text).join("\n");
}
