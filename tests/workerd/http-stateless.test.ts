// Single requests of 2026-07-28: one object for each principal, which keeps its limits and nothing else.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  alarmOf,
  answerOf,
  Events,
  HttpClient,
  modern,
  modernHeaders,
  ModernClient,
  recordsIn,
  storedIn,
} from "./mcp-client.ts";
import { mint } from "./tokens.ts";
import { asked, breakdown, connect, eventually, forget, issueKey, pass, wasLeft } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const HOUR_MS = 3_600_000;
const LIST_PODS = { name: "k8s.list_pods", arguments: { namespace: "shop" } };
const ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
const CHANGED = "notifications/tools/list_changed";

async function changeTools(): Promise<void> {
  const admin = await connect(["administrator"]);
  expect(await admin.call("tools.configure", { tool: "ctx.list" })).toHaveProperty("result");
}

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: the object of a principal", (_, sleeps) => {
  const settle = async ({ object }: ModernClient) => (sleeps ? evictDurableObject(object) : undefined);

  it("shares its limits among all its requests", { timeout: 30_000 }, async () => {
    pass(0);
    const client = new ModernClient(await issueKey(["observer"]));
    const outcomes: unknown[] = [];

    for (let call = 0; call < 31; call++) {
      outcomes.push((await client.tool("quota.get")).result?.isError ?? false);
      if (call % 5 === 0) await settle(client);
    }

    // Thirty a minute.
    expect(outcomes).toEqual([...Array.from({ length: 30 }, () => false), true]);
  });

  it("is forgotten an hour after its last request", async () => {
    pass(0);
    const client = new ModernClient(await issueKey(["observer"], { expiresInS: 86_400 }));
    const nowMs = Date.now();
    await client.call("tools/list");
    expect(await alarmOf(client.object)).toBe(nowMs + HOUR_MS);
    await settle(client);

    pass(HOUR_MS);
    await runInDurableObject(client.object, (session) => session.alarm());

    expect(await storedIn(client.object)).toEqual([]);
    expect(await alarmOf(client.object)).toBeNull();
    expect(await client.call("tools/list")).toHaveProperty("result");
  });
});

it("lets requests with the same id run side by side", async () => {
  const client = new ModernClient(await issueKey(["observer"]));

  const answers = await Promise.all(
    ["shop", "shop", "shop"].map((namespace) => client.tool("k8s.list_pods", { namespace }, { id: 1 })),
  );

  expect(answers).toMatchObject([
    { id: 1, result: {} },
    { id: 1, result: {} },
    { id: 1, result: {} },
  ]);
});

it("cancels a call when its stream is closed: upstream is told, and the record says so", async () => {
  const client = new ModernClient(await issueKey(["observer"]));
  await forget();
  await breakdown({ cluster: "slow" });
  const events = new Events(await client.open("tools/call", LIST_PODS));
  await eventually(async () => (await asked("cluster")).length === 1);

  await events.leave();

  await eventually(() => wasLeft("cluster"));
  await eventually(async () => (await recordsIn(client.object)).length === 1);
  expect(await recordsIn(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "cancelled" }]);
});

it("cancels a call when its client goes away before there is any answer", async () => {
  const client = new ModernClient(await issueKey(["observer"]));
  await forget();
  await breakdown({ cluster: "slow" });
  const controller = new AbortController();
  const headers = { accept: "application/json" };
  const leaving = client.open("tools/call", LIST_PODS, { signal: controller.signal, headers });
  await eventually(async () => (await asked("cluster")).length === 1);

  controller.abort();

  await expect(leaving).rejects.toThrow();
  await eventually(() => wasLeft("cluster"));
  await eventually(async () => (await recordsIn(client.object)).length === 1);
  expect(await recordsIn(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "cancelled" }]);
});

it("cancels the call whose client left, and no other of the same principal and id", async () => {
  const client = new ModernClient(await issueKey(["observer"]));
  await forget();
  await breakdown({ cluster: "slow" });
  const [one, other] = await Promise.all([
    client.open("tools/call", LIST_PODS, { id: 1 }),
    client.open("tools/call", LIST_PODS, { id: 1 }),
  ]);

  await new Events(one).leave();
  await eventually(() => wasLeft("cluster"));
  await breakdown({});

  expect((await answerOf(other)).message).toMatchObject({ id: 1, result: { structuredContent: {} } });
  await eventually(async () => (await recordsIn(client.object)).length === 2);
  const outcomes = (await recordsIn(client.object)).map(({ outcome }) => outcome);
  expect(outcomes.sort()).toEqual(["cancelled", "ok"]);
});

describe("subscriptions/listen", () => {
  const WANTED = { notifications: { toolsListChanged: true } };

  it("is acknowledged before anything else, and then told of each change", async () => {
    const client = new ModernClient(await issueKey(["observer"]));

    const events = new Events(await client.open("subscriptions/listen", WANTED, { id: "a" }));
    await events.notified(ACKNOWLEDGED);
    await changeTools();
    await events.notified(CHANGED);

    const _meta = { "io.modelcontextprotocol/subscriptionId": "a" };
    expect(events.messages).toEqual([
      { jsonrpc: "2.0", method: ACKNOWLEDGED, params: { _meta, notifications: { toolsListChanged: true } } },
      { jsonrpc: "2.0", method: CHANGED, params: { _meta } },
    ]);
  });

  it("leaves out of its acknowledgement what cannot be listened to", async () => {
    const client = new ModernClient(await issueKey(["agent"]));
    const health = "gatehouse://clusters/demo/namespaces/shop/health";

    const events = new Events(
      await client.open("subscriptions/listen", { notifications: { resourceSubscriptions: [health, "no://such"] } }),
    );

    expect((await events.notified(ACKNOWLEDGED)).params).toMatchObject({ notifications: {} });
  });

  it("ends when its stream is closed, and nothing of it is left", async () => {
    const client = new ModernClient(await issueKey(["observer"]));
    const events = new Events(await client.open("subscriptions/listen", WANTED, { id: "a" }));
    await events.notified(ACKNOWLEDGED);

    await events.leave();

    // Its id is free again as soon as it is gone; until then whoever takes it is refused, and that is no stream.
    await eventually(async () => {
      const response = await client.open("subscriptions/listen", WANTED, { id: "a" });
      const again = new Events(response);
      const first = await again.until(() => again.messages[0] ?? (again.text.startsWith("{") ? {} : undefined));
      await again.leave();
      return first.method === ACKNOWLEDGED;
    });
    const stored = await runInDurableObject(client.object, (_, { storage }) =>
      JSON.stringify(storage.kv.get("session")),
    );
    expect(stored).toContain('"subscriptions":[]');
  });
});

describe("two credentials of one principal", () => {
  it("that are in use together never borrow each other's grant (attack 16)", async () => {
    const subject = `bot-${crypto.randomUUID()}`;
    const [broad, narrow] = await Promise.all([
      mint({ subject, scope: "k8s:read logs:read prometheus:query" }),
      mint({ subject, scope: "prometheus:query" }),
    ]);
    const of = (token: string) => new HttpClient({ token });
    const ask = (client: HttpClient, id: number) =>
      client.post(modern({ id, method: "tools/call", params: LIST_PODS }), {
        headers: modernHeaders("tools/call", LIST_PODS),
      });
    await forget();
    await breakdown({ cluster: "slow" });

    const running = ask(of(broad), 1);
    await eventually(async () => (await asked("cluster")).length === 1);
    const refused = await ask(of(narrow), 2);
    await breakdown({});
    const again = await ask(of(narrow), 3);

    expect((await running).message).toMatchObject({ id: 1, result: { structuredContent: {} } });
    for (const { message } of [refused, again]) {
      expect(JSON.stringify(message)).toContain("permission_denied");
    }
    expect(await asked("cluster")).toHaveLength(1);
  });
});

describe("a request of an older revision without a session", () => {
  it.each([
    ["resources/subscribe", { uri: "gatehouse://clusters/demo/namespaces/shop/health" }],
    ["mcp.subscribe", { uri: "gatehouse://clusters/demo/namespaces/shop/health" }],
  ])("cannot subscribe with %s: it would be told nothing", async (method, params) => {
    const key = await issueKey(["observer"]);
    await forget();

    const { message } = await new HttpClient(key).post({ jsonrpc: "2.0", id: 1, method, params });

    expect(message).toMatchObject({ error: { code: -32600, message: expect.stringContaining("Nothing can be") } });
    const { object } = new ModernClient(key);
    expect(await recordsIn(object)).not.toContainEqual(expect.objectContaining({ tool: "k8s.watch_namespace" }));
  });
});
