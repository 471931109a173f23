// Our engine and nothing around it: no door, no credential, no session that is kept. On /alone what a call leaves behind is
// dropped, as the SDK drops it; on /journal it is written to the object's SQLite, chained, before the answer.

import { DurableObject, env } from "cloudflare:workers";
import file from "../../gatehouse.json" with { type: "json" };
import { SqliteJournal } from "../../src/adapters/sqlite-journal.ts";
import { Journal } from "../../src/audit/journal.ts";
import { requireConfig } from "../../src/config.ts";
import { createPeer } from "../../src/dialect/peer.ts";
import { answer } from "../../src/jsonrpc/answer.ts";
import { InFlight } from "../../src/jsonrpc/in-flight.ts";
import { Limiter } from "../../src/limits/limiter.ts";
import { Questions } from "../../src/mcp/questions.ts";
import { ToolLists } from "../../src/mcp/tool-list.ts";
import { ok } from "../../src/result.ts";
import { createServices } from "../../src/services.ts";
import { answerPost } from "../../src/transport/post.ts";
import { loop } from "./loop.mjs";
import { toolset } from "./toolset.ts";

const platform = { fetch, now: () => Date.now(), uuid: () => crypto.randomUUID(), quotaOf: unreachable };
const services = createServices(requireConfig(env, file), platform, toolset);
const tooling = services.tooling({}, unreachable);
const caller = {
  id: "agent/bench",
  kind: "agent",
  roles: ["agent", "observer"],
  credential: { kind: "key", id: "bench" },
  expiresAtMs: Number.MAX_SAFE_INTEGER,
};
const written = Promise.resolve(ok(undefined));
const DROPPED = {
  admit: () => ok(undefined),
  write: () => written,
  writeDurably: () => written,
  refuse: () => written,
};

/** What a session keeps between two messages. */
function session(journal) {
  const { policy } = services;
  const call = {
    actor: { caller, sessionId: "bench", sourceIp: undefined, policyVersion: policy.version },
    standing: () => Promise.resolve(ok({ caller, isFresh: true })),
    policy,
    limiter: new Limiter(),
    quota: { spend: () => written },
    journal,
    ...tooling,
    running: new Set(),
    now: platform.now,
    uuid: platform.uuid,
  };
  let handshake = { version: "2025-11-25", client: {} };
  const agreed = { current: () => handshake, agree: (next) => (handshake = next) };
  const kept = { questions: new Questions(platform.uuid), lists: new ToolLists(), handshake: agreed };
  const common = { toolset, server: services.server, rounds: services.rounds, session: call, onCrash: console.error };
  return (out, headerVersion) => createPeer({ ...common, ...kept, inFlight: new InFlight(), out }, headerVersion);
}

function unreachable() {
  throw new Error("the benchmark reaches nothing outside");
}

async function post(request, peer) {
  const { headers, signal } = request;
  return answerPost({ body: await request.text(), headers, signal }, { peer, challenge: () => undefined });
}

function oneByOne(peer) {
  const connected = peer(SILENT, undefined);
  return async (text) => (await answer(text, connected))?.text;
}

const SILENT = { send: () => undefined, tell: () => undefined, hold: () => () => undefined, survivesSleep: true };

export class Engine extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    const { storage } = ctx;
    const store = new SqliteJournal({
      sql: storage.sql,
      transactionSync: (work) => storage.transactionSync(work),
      sync: () => storage.sync(),
    });
    const schedule = (flush) => setTimeout(flush, 0);
    const journal = new Journal({ store, chainId: () => "bench", ...platform, schedule, onPending: () => undefined });
    this.peers = { alone: session(DROPPED), journal: session(journal) };
  }

  fetch(request) {
    const [name, inside] = new URL(request.url).pathname.slice(1).split("/");
    const peer = this.peers[name];
    if (inside === "loop") return loop(request, { post: (one) => post(one, peer), socket: oneByOne(peer) });
    if (request.headers.get("upgrade") === null) return post(request, peer);
    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    this.connected = oneByOne(peer);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(socket, data) {
    const text = await this.connected(data);
    if (text !== undefined) socket.send(text);
  }

  webSocketClose(socket, code) {
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

// Where nothing is written, HTTP needs no object: neither does the SDK have one.
const peerAlone = session(DROPPED);

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return new Response("ok");
    if (pathname === "/alone/loop") {
      return loop(request, { post: (one) => post(one, peerAlone), socket: oneByOne(peerAlone) });
    }
    const isUpgrade = request.headers.get("upgrade") !== null;
    if (pathname === "/alone" && !isUpgrade) return post(request, peerAlone);
    const id = isUpgrade ? env.ENGINE.newUniqueId() : env.ENGINE.idFromName("bench");
    return env.ENGINE.get(id).fetch(request);
  },
};
