// A session's socket: why it is closed and how, what keeps it open, and who is still welcome on it.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Agent,
  asked,
  breakdown,
  connect,
  connectWith,
  eventually,
  forget,
  issueKey,
  pass,
  refusal,
  revoke,
  sql,
} from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

/** Whether the deployment's object would still tell this session of a change. */
async function isRegistered({ sessionId }: Agent): Promise<boolean> {
  const rows = await runInDurableObject(env.CATALOGUE.getByName("deployment"), (_, { storage }) =>
    Array.from(storage.sql.exec("select id from sessions where id = ?", sessionId)),
  );
  return rows.length === 1;
}

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: a socket", (_, sleeps) => {
  const agentWith = (...roles: string[]): Promise<Agent> => connect(roles, { sleeps });

  it.each([
    ["1000", 1000, 1000],
    ["4000", 4000, 4000],
    ["no code at all", undefined, 1000],
  ])("that its client closes with %s is closed from this side, too", async (_what, code, echoed) => {
    const agent = await agentWith("agent");
    await agent.settle();

    agent.socket.close(code);

    expect(await agent.closing()).toMatchObject({ code: echoed });
    await eventually(async () => !(await isRegistered(agent)));
  });

  it.each([
    ["a binary frame", new ArrayBuffer(8), 1003],
    ["a frame over 256 KiB", "x".repeat(256 * 1024 + 1), 1009],
    ["a frame over 256 KiB in UTF-8 only", "€".repeat(90_000), 1009],
  ])("is closed for %s", async (_what, frame, code) => {
    const agent = await agentWith("agent");
    await agent.settle();

    agent.socket.send(frame);

    expect(await agent.closing()).toMatchObject({ code });
    expect(agent.received).toHaveLength(1);
  });

  it("is deaf once it is closed from this side: what comes after is not done", async () => {
    const agent = await agentWith("agent");
    await forget();
    await agent.settle();

    agent.socket.send(new ArrayBuffer(8));
    agent.request("ctx.set", { key: "late", value: 1 });

    expect(await agent.closing()).toMatchObject({ code: 1003 });
    await eventually(async () => !(await isRegistered(agent)));
    expect(await asked("redis")).toEqual([]);
    expect(await agent.journal()).toEqual([]);
  });

  it("takes a frame of 256 KiB", async () => {
    const agent = await agentWith("agent");

    expect(await agent.exchange(" ".repeat(256 * 1024))).toMatchObject({ error: { code: -32700 } });
  });

  it("is closed when frames come faster than 200 a second", async () => {
    pass(0);
    const agent = await agentWith("agent");
    await agent.settle();

    for (let frame = 1; frame <= 201; frame++) agent.send({ jsonrpc: "2.0", id: frame, result: {} });

    expect(await agent.closing()).toMatchObject({ code: 4429 });
  });

  it("answers ping with pong, and does not wake for it", async () => {
    const agent = await agentWith("agent");
    await agent.sleep();

    agent.sendText("ping");

    expect(await agent.until(() => agent.received[1])).toBe("pong");
    await expect(evictDurableObject(agent.object)).rejects.toThrow(/not .*running/);
  });

  it("says so and is closed, at most 30 s after its key was revoked (attack 9)", async () => {
    pass(0);
    const agent = await agentWith("agent");
    await revoke(agent.key);

    pass(29_999);
    const before = await agent.call("ctx.get", { key: "a" });
    pass(1);
    const after = await agent.call("ctx.get", { key: "a" });

    expect(before).toHaveProperty("result");
    expect(after).toMatchObject({ id: 2, ...refusal(40100, "unauthenticated") });
    expect(await agent.closing()).toMatchObject({ code: 4401 });
    expect((await agent.journal()).at(-1)?.record).toMatchObject({ outcome: "refused", reason: "unauthenticated" });
  });

  it("says so and is closed when its key has expired", async () => {
    pass(0);
    const agent = await connectWith(await issueKey(["agent"], { expiresInS: 20 }), { sleeps });

    pass(21_000);

    expect(await agent.call("ctx.get", { key: "a" })).toMatchObject(refusal(40101, "token_expired"));
    expect(await agent.closing()).toMatchObject({ code: 4401 });
  });

  it("loses a permission within 30 s of its role being taken away (attack 18)", async () => {
    pass(0);
    const agent = await agentWith("observer");
    await sql(`update api_keys set roles = '{agent}' where principal = '${agent.principal}'`);

    pass(30_000);

    expect(await agent.call("k8s.list_pods", { namespace: "shop" })).toMatchObject(refusal(40300, "permission_denied"));
    expect(await agent.call("ctx.get", { key: "a" })).toHaveProperty("result");
  });

  it("goes on reading while Postgres is down, but changes nothing", async () => {
    pass(0);
    const agent = await agentWith("agent");
    await agent.call("ctx.set", { key: "a", value: 1 });
    await breakdown({ postgres: "down" });

    pass(30_000);
    const read = await agent.call("ctx.get", { key: "a" });
    await forget();
    const written = await agent.call("ctx.set", { key: "a", value: 2 });
    const reachedRedis = await asked("redis");
    await breakdown({});
    // A look-up that failed is not repeated at once.
    pass(5_000);
    const afterwards = await agent.call("ctx.set", { key: "a", value: 3 });

    expect(read).toMatchObject({ result: { value: 1 } });
    expect(written).toMatchObject(refusal(50300, "upstream_unavailable", { upstream: "postgres" }));
    expect(reachedRedis).toEqual([]);
    expect(afterwards).toMatchObject({ result: { stored: true } });
  });

  it("stops reading when nobody could confirm its key for a quarter of an hour, and stays open", async () => {
    pass(0);
    const agent = await agentWith("agent");
    await breakdown({ postgres: "down" });

    pass(15 * 60_000);
    const refused = await agent.call("ctx.get", { key: "a" });
    await breakdown({});

    expect(refused).toMatchObject(refusal(50300, "upstream_unavailable"));
    expect(await agent.call("ctx.get", { key: "a" })).toHaveProperty("result");
  });
});

it.each([1005, 1006, 1015])("answers a close of %i, which may not be sent, with 1000", async (code) => {
  const agent = await connect(["agent"]);

  await runInDurableObject(agent.object, async (session, state) => {
    const [socket] = state.getWebSockets();
    if (socket) await session.webSocketClose(socket, code);
  });

  expect(await agent.closing()).toMatchObject({ code: 1000 });
});

it("is closed even when there is no room to write anything down", async () => {
  const agent = await connect(["agent"]);
  for (let refused = 0; refused < 12; refused++) await agent.call("tools.configure", { tool: "ctx.get" });
  await agent.stored("create trigger full before insert on journal begin select raise(abort, 'disk full'); end");

  agent.socket.close(1000);

  expect(await agent.closing()).toMatchObject({ code: 1000 });
  await eventually(async () => !(await isRegistered(agent)));
});

it("lets a call finish that began before the key was revoked, and only then is closed", async () => {
  pass(0);
  const agent = await connect(["observer"]);
  await forget();
  await breakdown({ cluster: "hangs" });
  const running = agent.request("k8s.list_pods", { namespace: "shop" });
  await eventually(async () => (await asked("cluster")).length === 1);
  await revoke(agent.key);

  pass(30_000);
  const refused = await agent.call("ctx.get", { key: "a" });
  await breakdown({});

  expect(refused).toMatchObject(refusal(40100, "unauthenticated"));
  expect(await agent.reply(running)).toMatchObject(refusal(50300, "upstream_unavailable"));
  expect(await agent.closing()).toMatchObject({ code: 4401 });
});

it("asks once for all the calls that arrive when its key is due to be looked up", async () => {
  pass(0);
  const agent = await connect(["agent"]);
  await forget();

  pass(30_000);
  await Promise.all(Array.from({ length: 8 }, () => agent.call("ctx.get", { key: "a" })));

  expect(await agent.queries()).toHaveLength(1);
});

it("stops what its client no longer waits for, and writes that down", async () => {
  const agent = await connect(["observer"]);
  await forget();
  await breakdown({ cluster: "hangs" });
  agent.request("k8s.list_pods", { namespace: "shop" });
  await eventually(async () => (await asked("cluster")).length === 1);

  agent.socket.close(1000);
  await agent.closing();

  await eventually(async () => (await agent.journal()).length === 1);
  expect((await agent.journal())[0]?.record).toMatchObject({ tool: "k8s.list_pods", outcome: "cancelled" });
});

it("finishes an effect that its client no longer waits for", async () => {
  const agent = await connect(["agent"]);
  await forget();
  await breakdown({ redis: "hangs" });
  agent.request("ctx.set", { key: "a", value: 1 });
  await eventually(async () => (await asked("redis")).length === 1);

  agent.socket.close(1000);
  await agent.closing();
  await breakdown({});

  await eventually(async () => (await agent.journal()).length === 2);
  const [intent, outcome] = await agent.journal();
  expect(intent?.record).toMatchObject({ phase: "intent", outcome: "pending" });
  // It was sent, and what came back says nothing about whether it was done.
  expect(outcome?.record).toMatchObject({ phase: "outcome", outcome: "unknown", reason: "upstream_unavailable" });
});
