// The streams of an MCP session over HTTP: when one is opened, what is kept of it, and who hears the rest.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Events, loggedBy, recordsIn, shakeHands, storedIn } from "./mcp-client.ts";
import { asked, breakdown, connect, eventually, forget, issueKey, wasLeft } from "./world.ts";
import type { HandshakeClient } from "./mcp-client.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const KEEP_ALIVE_MS = 15_000;
const LIST_PODS = { name: "k8s.list_pods", arguments: { namespace: "shop" } };

/** A call that is under way at the cluster, and whose stream has been opened. */
async function slowCall(client: HandshakeClient): Promise<Events> {
  await forget();
  await breakdown({ cluster: "slow" });
  // The stream is opened after two seconds, and this resolves with it.
  const response = await client.open("tools/call", LIST_PODS);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  await eventually(async () => (await asked("cluster")).length === 1);
  return new Events(response);
}

/** An administrator sets a tool otherwise, which every session is told of. */
async function changeTools(): Promise<void> {
  const admin = await connect(["administrator"]);
  expect(await admin.call("tools.configure", { tool: "ctx.list" })).toHaveProperty("result");
}

const CHANGED = "notifications/tools/list_changed";

describe("a call", () => {
  it("that is quick is answered with JSON, and nothing of it is kept", async () => {
    const client = await shakeHands(await issueKey(["observer"]));

    const response = await client.open("tools/call", LIST_PODS);

    expect(response.headers.get("content-type")).toBe("application/json");
    await response.text();
    expect(await storedIn(client.object)).not.toContain("events");
  });

  it("that is not answered within two seconds becomes a stream, which ends with its answer", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await slowCall(client);

    await breakdown({});

    const messages = await events.end();
    expect(messages).toMatchObject([{ id: 2, result: { structuredContent: {} } }]);
    expect(events.text).toMatch(/^id: \S+\nevent: message\ndata: \n\n/);
    expect(events.ids).toHaveLength(2);
  });

  it("opens with no empty event for a revision that does not know it", async () => {
    const client = await shakeHands(await issueKey(["observer"]), { version: "2025-06-18" });
    const events = await slowCall(client);

    await breakdown({});
    await events.end();

    expect(events.ids).toHaveLength(1);
  });

  it("of a client that reads no events is answered with JSON, however slow", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    await forget();
    await breakdown({ cluster: "slow" });
    const opening = client.open("tools/call", LIST_PODS, { headers: { accept: "application/json" } });
    await eventually(async () => (await asked("cluster")).length === 1);

    await breakdown({});

    expect((await opening).headers.get("content-type")).toBe("application/json");
  });

  it("goes on when its stream is dropped, and its answer is heard by whoever comes back for it", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await slowCall(client);
    const [first] = await events.until(() => (events.ids.length === 1 ? events.ids : undefined));
    await events.leave();

    const resumed = await client.listen(first);
    await breakdown({});

    expect(await resumed.end()).toMatchObject([{ id: 2, result: { structuredContent: {} } }]);
    expect(await wasLeft("cluster")).toBe(false);
    expect(await recordsIn(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "ok" }]);
  });

  it("that ended while nobody listened is heard afterwards, after a sleep as well, and once", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await slowCall(client);
    const [first = ""] = await events.until(() => (events.ids.length === 1 ? events.ids : undefined));
    await events.leave();
    await breakdown({});
    await eventually(async () => (await recordsIn(client.object)).length === 1);
    await client.sleep();

    const resumed = await client.listen(first);

    expect(await resumed.end()).toMatchObject([{ id: 2, result: { structuredContent: {} } }]);
    const again = await client.listen(resumed.ids.at(-1));
    expect(await again.end()).toEqual([]);
  });

  it("replays what belongs to its own stream, and nothing of another's", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    await forget();
    await breakdown({ cluster: "slow" });
    const [one, other] = (
      await Promise.all([client.open("tools/call", LIST_PODS), client.open("tools/call", LIST_PODS)])
    ).map((response) => new Events(response));
    if (!one || !other) throw new Error("there are two");
    await one.until(() => one.ids[0]);
    const [id = ""] = one.ids;
    await one.leave();
    await breakdown({});
    await other.end();

    const resumed = await client.listen(id);

    expect(await resumed.end()).toMatchObject([{ id: 2 }]);
    expect(other.messages).toMatchObject([{ id: 3 }]);
  });

  it("is cancelled by notifications/cancelled, and upstream is told", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await slowCall(client);

    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } };
    expect((await client.fetch("POST", JSON.stringify(cancelled))).status).toBe(202);

    expect(await events.end()).toEqual([]);
    await eventually(() => wasLeft("cluster"));
    await eventually(async () => (await recordsIn(client.object)).length === 1);
    expect(await recordsIn(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "cancelled" }]);
  });
});

describe("a stream", () => {
  it("says a comment every 15 s when there is nothing else to say", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await client.listen();

    await runInDurableObject(client.object, () => void vi.advanceTimersByTime(KEEP_ALIVE_MS));

    expect(await events.until(() => (events.text === "" ? undefined : events.text))).toBe(": keep-alive\n\n");
  });

  it("of what is unasked tells that the tools were changed", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await client.listen();

    await changeTools();

    expect(await events.notified(CHANGED)).toEqual({ jsonrpc: "2.0", method: CHANGED, params: {} });
    expect(events.ids).toHaveLength(1);
  });

  it("is taken over by a second GET: the first is ended, and nothing is told twice", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const first = await client.listen();
    const second = await client.listen();

    expect(await first.end()).toEqual([]);
    await changeTools();

    await second.notified(CHANGED);
    expect(second.messages).toHaveLength(1);
  });

  it.each([
    ["awake", false],
    ["asleep", true],
  ])("keeps what was told while nobody listened for whoever comes back: %s", async (_, sleeps) => {
    const client = await shakeHands(await issueKey(["observer"]));
    const before = await client.listen();
    await changeTools();
    await before.notified(CHANGED);
    await before.leave();
    if (sleeps) await client.sleep();

    await changeTools();
    const after = await client.listen(before.ids.at(-1));

    await after.notified(CHANGED);
    expect(after.messages).toHaveLength(1);
    await changeTools();
    await after.until(() => (after.messages.length === 2 ? true : undefined));
  });

  it("of an event that is not known is one of what is unasked", async () => {
    const client = await shakeHands(await issueKey(["observer"]));

    const events = await client.listen("6b1f2c3d-0000-4000-8000-000000000000.7");
    await changeTools();

    await events.notified(CHANGED);
  });

  it("ends with its session, and nothing of it is left", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await client.listen();
    await changeTools();
    await events.notified(CHANGED);

    await client.end();

    await events.end();
    expect(events.isOver).toBe(true);
    await client.drain();
    expect(await storedIn(client.object)).toEqual([]);
    await eventually(async () => !(await isTold(client.sessionId)));
  });

  it("of a call under way ends with its session, and the call is recorded as cancelled", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    const events = await slowCall(client);

    await client.end();

    await events.end();
    await eventually(() => wasLeft("cluster"));
    await eventually(async () => (await recordsIn(client.object)).length === 1);
    await client.drain();
    expect(await loggedBy(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "cancelled" }]);
    expect(await storedIn(client.object)).toEqual([]);
  });
});

/** Whether the deployment's object would still tell this session of a change. */
async function isTold(sessionId: string): Promise<boolean> {
  return runInDurableObject(env.CATALOGUE.getByName("deployment"), (_, { storage }) => {
    return Array.from(storage.sql.exec("select id from sessions where id = ?", sessionId)).length === 1;
  });
}
