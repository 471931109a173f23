// MCP on a WebSocket: every dialect on one socket, and what is told there without being asked.

import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { initialize, modern, recordsIn } from "./mcp-client.ts";
import {
  address,
  breakdown,
  connect,
  cutWatch,
  eventually,
  forget,
  issueKey,
  pass,
  Peer,
  requireSocket,
  revoke,
  upgrade,
  watchesOf,
  watchSays,
} from "./world.ts";
import type { Key } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const CHANGED = "notifications/tools/list_changed";
const UPDATED = "notifications/resources/updated";
const POD = { kind: "Pod", name: "web-1", status: "Running", ready: "1/1", restarts: 0, change: "modified" };
const CHANGE = { type: "changed", changes: [POD], observed_at: "2026-11-25T09:00:01Z" };

type Stub = ReturnType<typeof env.SESSION.getByName>;

/** A socket that speaks MCP, and the object behind it: the only one that it has added to the deployment's list. */
class McpSocket extends Peer {
  readonly object: Stub;
  readonly key: Key;

  constructor(socket: WebSocket, object: Stub, key: Key) {
    super(socket);
    this.object = object;
    this.key = key;
  }

  sleep(): Promise<void> {
    return evictDurableObject(this.object);
  }

  modern(id: number | string, method: string, params: object = {}): void {
    this.send(modern({ id, method, params }));
  }

  all(method: string) {
    return this.messages.filter((message) => message.method === method);
  }

  /** As many of them, and then one more exchange: nothing is left on its way. */
  async count(method: string): Promise<number> {
    await this.call("ping");
    return this.all(method).length;
  }
}

async function registered(): Promise<string[]> {
  return runInDurableObject(env.CATALOGUE.getByName("deployment"), (_, { storage }) =>
    Array.from(storage.sql.exec<{ id: string }>("select id from sessions"), ({ id }) => id),
  );
}

async function open(roles: readonly string[] = ["observer"]): Promise<McpSocket> {
  const key = await issueKey(roles);
  const before = new Set(await registered());
  const headers = { authorization: `Bearer ${key.token}`, "cf-connecting-ip": address() };
  const response = await upgrade({ ...headers, "sec-websocket-protocol": "mcp" });
  expect(response.headers.get("sec-websocket-protocol")).toBe("mcp");
  const [sessionId = ""] = (await registered()).filter((id) => !before.has(id));
  return new McpSocket(requireSocket(response), env.SESSION.getByName(sessionId), key);
}

async function shaken(roles?: readonly string[]): Promise<McpSocket> {
  const socket = await open(roles);
  socket.send({ ...initialize(), id: "init" });
  await socket.reply("init");
  return socket;
}

async function changeTools(): Promise<void> {
  const admin = await connect(["administrator"]);
  expect(await admin.call("tools.configure", { tool: "ctx.list" })).toHaveProperty("result");
}

/** A namespace of its own for each test, so that none hears another's watch. */
function namespace(): { readonly name: string; readonly uri: string } {
  const name = `ns-${crypto.randomUUID().slice(0, 8)}`;
  return { name, uri: `gatehouse://clusters/demo/namespaces/${name}/health` };
}

const openWatches = async (name: string) => (await watchesOf(name)).filter(({ isOpen }) => isOpen).length;

describe("a socket of the subprotocol mcp", () => {
  it("is greeted by nobody, and is answered in every dialect that it speaks", async () => {
    const socket = await open();

    socket.send({ ...initialize(), id: "h" });
    socket.modern("m", "server/discover");
    socket.send({ jsonrpc: "2.0", id: "n", method: "ctx.list" });

    expect(await socket.reply("h")).toMatchObject({ result: { protocolVersion: "2025-11-25" } });
    expect(await socket.reply("m")).toMatchObject({ result: { supportedVersions: expect.anything() } });
    expect(await socket.reply("n")).toMatchObject({ result: { keys: [] } });
    expect(socket.messages.some(({ method }) => method === "mcp.session")).toBe(false);
  });

  it("leaves the same record of a call in whatever dialect it came", async () => {
    const socket = await shaken();
    const params = { name: "ctx.get", arguments: { key: "a" } };

    await socket.call("ctx.get", { key: "a" });
    await socket.call("tools/call", params);
    socket.modern("m", "tools/call", params);
    await socket.reply("m");

    const rows = await recordsIn(socket.object);
    expect(rows).toHaveLength(3);
    const own = new Set([
      "call_id",
      "ts",
      "duration_ms",
      "handler_ms",
      "era",
      "trace_id",
      "result_bytes",
      "seq",
      "event_id",
    ]);
    expect(rows.map((row) => new Map(Object.entries(row)).get("era"))).toEqual(["native", "handshake", "modern"]);
    const told = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !own.has(name))));
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });
});

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: that the tools were changed", (_, sleeps) => {
  const settle = async (socket: McpSocket) => (sleeps ? socket.sleep() : undefined);

  it("is told to a client that shook hands in its own words alone", async () => {
    const socket = await shaken();
    await settle(socket);

    await changeTools();

    expect(await socket.notified(CHANGED)).toEqual({ jsonrpc: "2.0", method: CHANGED, params: {} });
    expect(await socket.count("mcp.tools.changed")).toBe(0);
  });

  it("is told to a modern subscription under its id, until it is cancelled", async () => {
    const socket = await open();
    socket.modern("sub", "subscriptions/listen", { notifications: { toolsListChanged: true } });
    await socket.notified("notifications/subscriptions/acknowledged");
    await settle(socket);

    await changeTools();
    const { params } = await socket.notified(CHANGED);
    await settle(socket);
    socket.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "sub" } });
    await socket.call("ping");
    await changeTools();

    expect(params).toEqual({ _meta: { "io.modelcontextprotocol/subscriptionId": "sub" } });
    expect(await socket.count(CHANGED)).toBe(1);
  });

  it("is told to a native socket with the tools themselves", async () => {
    const agent = await connect(["observer"]);
    if (sleeps) await agent.sleep();

    await changeTools();

    expect((await agent.notified("mcp.tools.changed")).params).toMatchObject({ tools: expect.any(Array) });
    expect(agent.messages.some(({ method }) => method === CHANGED)).toBe(false);
  });
});

describe("the health of a namespace", () => {
  it("is told of to whoever subscribed by a handshake, from one watch, until it unsubscribes", async () => {
    const { name, uri } = namespace();
    const socket = await shaken();
    expect(await socket.call("resources/subscribe", { uri })).toMatchObject({ result: {} });
    await eventually(async () => (await openWatches(name)) === 1);

    await watchSays(name, CHANGE);
    expect((await socket.notified(UPDATED)).params).toEqual({ uri });
    expect(await socket.call("resources/unsubscribe", { uri })).toMatchObject({ result: {} });

    await eventually(async () => (await openWatches(name)) === 0);
    expect(await watchesOf(name)).toHaveLength(1);
    await socket.sleep();
  });

  it("is told of to a native subscriber with what changed", async () => {
    const { name, uri } = namespace();
    const agent = await connect(["observer"]);
    expect(await agent.call("mcp.subscribe", { uri })).toMatchObject({ result: { subscribed: uri } });
    await eventually(async () => (await openWatches(name)) === 1);

    await watchSays(name, CHANGE);

    expect((await agent.notified("mcp.resource.changed")).params).toEqual({ uri, changes: [POD] });
    expect(await agent.call("mcp.unsubscribe", { uri })).toMatchObject({ result: { unsubscribed: uri } });
    await eventually(async () => (await openWatches(name)) === 0);
  });

  it("is told of to a modern subscription under its id", async () => {
    const { name, uri } = namespace();
    const socket = await open();
    socket.modern(7, "subscriptions/listen", { notifications: { resourceSubscriptions: [uri] } });
    const { params } = await socket.notified("notifications/subscriptions/acknowledged");
    expect(params).toMatchObject({ notifications: { resourceSubscriptions: [uri] } });
    await eventually(async () => (await openWatches(name)) === 1);

    await watchSays(name, CHANGE);

    const _meta = { "io.modelcontextprotocol/subscriptionId": 7 };
    expect((await socket.notified(UPDATED)).params).toEqual({ uri, _meta });
  });

  it("is watched once for all who listen on one socket", async () => {
    const { name, uri } = namespace();
    const socket = await shaken();
    await socket.call("resources/subscribe", { uri });
    await socket.call("mcp.subscribe", { uri });
    await eventually(async () => (await openWatches(name)) === 1);

    await watchSays(name, CHANGE);

    await socket.notified(UPDATED);
    await socket.notified("mcp.resource.changed");
    expect(await watchesOf(name)).toHaveLength(1);
  });

  it("is not told of to somebody who may not read it", async () => {
    const { name, uri } = namespace();
    const socket = await shaken(["agent"]);

    expect(await socket.call("resources/subscribe", { uri })).toMatchObject({ error: { code: 40300 } });

    expect(await watchesOf(name)).toEqual([]);
  });

  it("keeps its object awake while it is watched, and no longer", async () => {
    const { name, uri } = namespace();
    const socket = await shaken();
    await socket.call("resources/subscribe", { uri });
    await eventually(async () => (await openWatches(name)) === 1);

    let isAsleep = false;
    const falling = socket.sleep().then(() => {
      isAsleep = true;
    });
    await watchSays(name, CHANGE);
    await socket.notified(UPDATED);
    expect(isAsleep).toBe(false);
    await watchSays(name, { type: "ended", reason: "too_many_changes" });

    await falling;
    expect(await socket.call("ping")).toHaveProperty("result");
  });

  it("is watched anew when its watch has reached its age, and looked at anew", async () => {
    const { name, uri } = namespace();
    const socket = await shaken();
    await socket.call("resources/subscribe", { uri });
    await eventually(async () => (await openWatches(name)) === 1);

    await watchSays(name, { type: "ended", reason: "max_age" });
    await cutWatch(name);
    await eventually(async () => (await watchesOf(name)).length === 2);

    // What came between the two is not known.
    await socket.notified(UPDATED);
    await watchSays(name, CHANGE);
    await socket.until(() => (socket.all(UPDATED).length === 2 ? true : undefined));
  });

  it("is told of as lost when the cluster gives its watch up, with the reason", async () => {
    const { name, uri } = namespace();
    const agent = await connect(["observer"]);
    await agent.call("mcp.subscribe", { uri });
    await eventually(async () => (await openWatches(name)) === 1);

    await watchSays(name, { type: "ended", reason: "too_many_changes" });

    expect((await agent.notified("mcp.resource.lost")).params).toEqual({ uri, reason: "too_many_changes" });
  });

  it("is not told of any more once the key was revoked (attack 9)", async () => {
    pass(0);
    const { name, uri } = namespace();
    const socket = await shaken();
    await socket.call("resources/subscribe", { uri });
    await eventually(async () => (await openWatches(name)) === 1);
    await revoke(socket.key);
    pass(30_000);

    await watchSays(name, CHANGE);

    // Whoever may not hear it does not keep it open either.
    await eventually(async () => (await openWatches(name)) === 0);
    expect(socket.all(UPDATED)).toEqual([]);
  });

  it("can be watched for four namespaces by one socket, and a fifth is refused with their names", async () => {
    const places = [namespace(), namespace(), namespace(), namespace()];
    const socket = await shaken();
    for (const { uri } of places) expect(await socket.call("resources/subscribe", { uri })).toHaveProperty("result");

    const refused = await socket.call("resources/subscribe", { uri: namespace().uri });

    expect(refused).toMatchObject({ error: { message: expect.stringContaining("may watch 4 namespaces") } });
    expect(JSON.stringify(refused)).toContain(places[0]?.uri);
  });

  it("is watched no longer when the socket is closed", async () => {
    const { name, uri } = namespace();
    const socket = await shaken();
    await socket.call("resources/subscribe", { uri });
    await eventually(async () => (await openWatches(name)) === 1);
    await forget();

    socket.socket.close(1000);
    await socket.closing();

    await eventually(async () => (await openWatches(name)) === 0);
  });
});
