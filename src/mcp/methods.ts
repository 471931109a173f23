// MCP's method tables, one for each era.

import { rpcError } from "../jsonrpc/codes.ts";
import { serverCapabilities } from "./capabilities.ts";
import { complete } from "./complete.ts";
import { lookingAround } from "./context.ts";
import { initializeResult, metaOf, readInitialize, UNSHAKEN } from "./handshake.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { LogLevel, progressTokenOf, readMeta } from "./meta.ts";
import { promptsGet, promptsList } from "./prompts.ts";
import { resourcesList, resourcesRead, templatesList } from "./resources.ts";
import { introduce, leave, listen, subscribe, unsubscribe } from "./subscriptions.ts";
import { askAboutTask } from "./tasks-methods.ts";
import { toolsCall } from "./tools-call.ts";
import { SUPPORTED_VERSIONS } from "./versions.ts";
import { fieldsOf, modernWords, PLAIN } from "./words.ts";
import type { Method, Reply } from "../jsonrpc/answer.ts";
import type { Message, Params, RequestId } from "../jsonrpc/message.ts";
import type { Asked, McpPeer } from "./context.ts";

/** A method of MCP, once what its request says about itself is known. */
interface Turn {
  readonly params: Params;
  readonly signal: AbortSignal;
  readonly id: RequestId | undefined;
}
type Run = (turn: Turn, asked: Asked) => Promise<Reply | undefined>;

/** What both eras have. `tools/call` and whatever may call a tool take a place among the running. */
const BOTH: Readonly<Record<string, readonly [Method["kind"], Run]>> = {
  "tools/list": ["control", onePage(toolsList)],
  "tools/call": ["work", ({ params, signal }, asked) => toolsCall(params, signal, asked)],
  "resources/list": ["control", onePage(resourcesList)],
  "resources/templates/list": ["control", onePage(templatesList)],
  "resources/read": ["work", ({ params, signal }, asked) => resourcesRead(params, signal, asked)],
  "prompts/list": ["control", onePage(promptsList)],
  "prompts/get": ["control", ({ params }, asked) => promptsGet(params, asked)],
  "completion/complete": ["work", ({ params, signal }, asked) => complete(params, signal, asked)],
};

const MODERN: Readonly<Record<string, readonly [Method["kind"], Run]>> = {
  ...BOTH,
  "server/discover": ["control", (_turn, asked) => Promise.resolve(discover(asked))],
  "subscriptions/listen": ["control", ({ params, id }, asked) => listen(params, id, asked)],
  "tasks/get": ["control", ({ params }, asked) => askAboutTask("get", params, asked)],
  "tasks/update": ["control", ({ params }, asked) => askAboutTask("update", params, asked)],
  "tasks/cancel": ["control", ({ params }, asked) => askAboutTask("cancel", params, asked)],
};

const HANDSHAKE: Readonly<Record<string, readonly [Method["kind"], Run]>> = {
  ...BOTH,
  initialize: ["control", ({ params }, asked) => Promise.resolve(initialize(params, asked.peer))],
  ping: ["control", (_turn, { words }) => Promise.resolve({ result: words.result("") })],
  "logging/setLevel": ["control", ({ params }, asked) => Promise.resolve(setLevel(params, asked))],
  "resources/subscribe": ["work", ({ params }, asked) => subscribe(params, asked)],
  "resources/unsubscribe": ["control", ({ params }, asked) => unsubscribe(params, asked)],
};

/** A message that stands for itself. Malformed, it gets its error from here, whatever method it names. */
export function modernMethod(message: Message, peer: McpPeer): Method | undefined {
  if (message.method === "notifications/cancelled") return cancelled(peer);
  if (message.method.startsWith("notifications/")) return IGNORED;
  const meta = readMeta(message.params);
  if (!meta.ok) return { kind: "control", run: () => Promise.resolve({ error: meta.error }) };
  const entry = lookup(MODERN, message.method);
  const words = modernWords(peer.server);
  return entry && method(entry, { peer, meta: meta.value, words, form: "modern" });
}

/** A message of a client that shook hands, or that never says in which revision it speaks. */
export function handshakeMethod(message: Message, peer: McpPeer): Method | undefined {
  if (message.method === "notifications/cancelled") return cancelled(peer);
  if (message.method.startsWith("notifications/")) return IGNORED;
  const handshake = peer.handshake.current() ?? UNSHAKEN;
  const entry = lookup(HANDSHAKE, message.method);
  const meta = metaOf(handshake, progressTokenOf(message.params));
  return entry && method(entry, { peer, meta, words: PLAIN, form: handshake.version });
}

/** Every list is short enough for one page, so a cursor was never ours (2026-07-28, server/utilities/pagination). */
function onePage(list: (asked: Asked) => Promise<Reply>): Run {
  return ({ params }, asked) => {
    if (params.cursor === undefined) return list(asked);
    return Promise.resolve({
      error: rpcError("invalid_params", "This list has one page: ask for it without a cursor."),
    });
  };
}

function lookup(table: Readonly<Record<string, readonly [Method["kind"], Run]>>, name: string) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function method([kind, run]: readonly [Method["kind"], Run], asked: Asked): Method {
  return { kind, run: (params, signal, id) => run({ params, signal, id }, asked) };
}

/** What a client tells us of itself, and what we need not know: `notifications/initialized`, roots, progress. */
const IGNORED: Method = { kind: "control", run: () => Promise.resolve(undefined) };

function cancelled({ inFlight, listeners }: McpPeer): Method {
  return {
    kind: "control",
    run: ({ requestId }) => {
      const id = typeof requestId === "string" || typeof requestId === "number" ? requestId : undefined;
      if (id !== undefined && !inFlight.cancel(id) && listeners) leave(listeners, id);
      return Promise.resolve(undefined);
    },
  };
}

/** It depends on the caller's roles, which may change within a minute. */
const LIST = { ttlMs: 60_000, cacheScope: "private" } as const;
/** The same for everyone, and changed by a new deployment only. */
const DISCOVERED = { ttlMs: 3_600_000, cacheScope: "public" } as const;

async function toolsList({ peer, words, form }: Asked): Promise<Reply> {
  const caller = await lookingAround(peer);
  if (!caller.ok) return { error: caller.error };
  return { result: words.result(peer.lists.fields(caller.value, form, peer.session), LIST) };
}

function discover({ peer, words }: Asked): Reply {
  const body = {
    supportedVersions: SUPPORTED_VERSIONS,
    capabilities: serverCapabilities(peer.toolset, "modern"),
    instructions: INSTRUCTIONS,
  };
  return { result: words.result(fieldsOf(body), DISCOVERED) };
}

function initialize(params: Params, peer: McpPeer): Reply {
  const handshake = readInitialize(params);
  if (!handshake.ok) return { error: handshake.error };
  peer.handshake.agree(handshake.value);
  if (peer.listeners) introduce(peer.listeners, peer);
  return { result: initializeResult(handshake.value, { ...peer, instructions: INSTRUCTIONS }) };
}

function setLevel({ level }: Params, { peer, words }: Asked): Reply {
  const parsed = LogLevel().safeParse(level);
  if (!parsed.success)
    return { error: rpcError("invalid_params", 'logging/setLevel takes {"level": "debug" … "emergency"}.') };
  peer.handshake.agree({ ...(peer.handshake.current() ?? UNSHAKEN), logLevel: parsed.data });
  return { result: words.result("") };
}
