// What a call costs on the platform's meters. A number that grows here is a bill that grows everywhere: raise it on purpose.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CHECKPOINT_EVERY_MS } from "../../src/objects/chain.ts";
import { alarmOf, ModernClient, recordsIn, shakeHands } from "./mcp-client.ts";
import { type Agent, asked, connect, forget, issueKey, pass } from "./world.ts";

afterEach(() => void vi.useRealTimers());

interface Meter {
  rowsWritten: number;
  rowsRead: number;
  alarmsSet: number;
  transactions: number;
}

/** Reads along with everything the object asks of its storage, from now until its next sleep. */
function meter({ object }: Pick<Agent, "object">): Promise<Meter> {
  return runInDurableObject(object, (_, { storage }) => {
    const read: Meter = { rowsWritten: 0, rowsRead: 0, alarmsSet: 0, transactions: 0 };
    let isInTransaction = false;
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    vi.spyOn(sql, "exec").mockImplementation((query: string, ...bindings: SqlStorageValue[]) => {
      const cursor = exec(query, ...bindings);
      read.rowsWritten += cursor.rowsWritten;
      read.rowsRead += cursor.rowsRead;
      // A statement that writes outside of one is a transaction by itself.
      if (!isInTransaction && cursor.rowsWritten > 0) read.transactions += 1;
      return cursor;
    });
    const put = storage.kv.put.bind(storage.kv);
    vi.spyOn(storage.kv, "put").mockImplementation((key: string, value: unknown) => {
      read.rowsWritten += 1;
      read.transactions += 1;
      put(key, value);
    });
    const transactionSync = storage.transactionSync.bind(storage);
    vi.spyOn(storage, "transactionSync").mockImplementation((work) => {
      read.transactions += 1;
      isInTransaction = true;
      try {
        return transactionSync(work);
      } finally {
        isInTransaction = false;
      }
    });
    const setAlarm = storage.setAlarm.bind(storage);
    vi.spyOn(storage, "setAlarm").mockImplementation((at, options) => {
      read.alarmsSet += 1;
      return setAlarm(at, options);
    });
    return read;
  });
}

it.each([
  ["mcp.tools.list", undefined, { rowsWritten: 1, transactions: 1 }, { redis: 0, cluster: 0 }],
  ["ctx.get", { key: "k" }, { rowsWritten: 1, transactions: 1 }, { redis: 1, cluster: 0 }],
  ["ctx.set", { key: "k", value: 1 }, { rowsWritten: 2, transactions: 2 }, { redis: 1, cluster: 0 }],
  ["ctx.delete", { key: "k" }, { rowsWritten: 2, transactions: 2 }, { redis: 1, cluster: 0 }],
  ["ctx.list", undefined, { rowsWritten: 1, transactions: 1 }, { redis: 1, cluster: 0 }],
  ["k8s.list_pods", { namespace: "shop" }, { rowsWritten: 1, transactions: 1 }, { redis: 0, cluster: 1 }],
])("%s %j costs its record and its request, and nothing of Postgres", async (method, params, storage, upstreams) => {
  const agent = await connect(["observer"]);
  await agent.call("ctx.get", { key: "the tables are there, the alarm is set" });
  const used = await meter(agent);
  await forget();

  await agent.call(method, params);

  // A row that is written is read once, to see that its key is free.
  expect(used).toEqual({ ...storage, rowsRead: storage.rowsWritten, alarmsSet: 0 });
  const [redis, cluster, postgres] = await Promise.all([asked("redis"), asked("cluster"), agent.queries()]);
  expect({ redis: redis.length, cluster: cluster.length }).toEqual(upstreams);
  expect(postgres).toEqual([]);
});

it("sets one alarm for however many calls until it has drained, and then the one of its checkpoint", async () => {
  const agent = await connect(["agent"]);
  const used = await meter(agent);

  for (let call = 0; call < 20; call++) await agent.call("ctx.get", { key: "k" });
  expect(used.alarmsSet).toBe(1);
  await agent.drain();
  expect(used.alarmsSet).toBe(2);

  await agent.call("ctx.get", { key: "k" });
  expect(used.alarmsSet).toBe(3);
});

it("writes the records of frames that arrive together in fewer commits than there are frames", async () => {
  const agent = await connect(["agent"]);
  await agent.call("ctx.get", { key: "k" });
  const used = await meter(agent);

  const ids = Array.from({ length: 8 }, () => agent.request("mcp.tools.list"));
  await Promise.all(ids.map((id) => agent.reply(id)));

  expect(used.rowsWritten).toBe(8);
  expect(used.transactions).toBeLessThan(8);
});

it("writes ten refusals of a kind down in one commit, and for each that follows adds one to a number", async () => {
  const agent = await connect(["agent"]);
  await agent.call("ctx.get", { key: "k" });
  const used = await meter(agent);

  await agent.exchange(JSON.stringify(Array(50).fill({ jsonrpc: "2.0", id: "x", method: "no.such" })));

  expect(used).toMatchObject({ rowsWritten: 10 + 40, transactions: 1 + 40 });
  expect(await agent.journal()).toHaveLength(1 + 10);
});

it("drains any number of calls with one statement for 200 rows, and looks a key up once in 30 s", async () => {
  pass(0);
  const agent = await connect(["agent"]);
  for (let call = 0; call < 60; call++) await agent.call("ctx.get", { key: "k" });
  await forget();

  await agent.drain();
  expect(await agent.queries()).toHaveLength(1);

  pass(30_000);
  for (let call = 0; call < 10; call++) await agent.call("ctx.get", { key: "k" });
  expect(await agent.queries()).toHaveLength(2);
});

it("costs nothing while an agent says nothing but one checkpoint: then no alarm is set, and the object stays asleep", async () => {
  pass(0);
  const agent = await connect(["agent"]);
  await agent.call("ctx.get", { key: "k" });
  await agent.drain();
  expect(await agent.isAtRest()).toBe(true);
  pass(CHECKPOINT_EVERY_MS);
  await agent.drain();
  expect(await agent.alarmAt()).toBeNull();
  await forget();

  await agent.sleep();
  for (let beat = 0; beat < 20; beat++) agent.sendText("ping");
  await agent.until(() => (agent.received.filter((text) => text === "pong").length === 20 ? true : undefined));

  // Only an object that is running can be put to sleep.
  await expect(evictDurableObject(agent.object)).rejects.toThrow(/not .*running/);
  expect([...(await agent.queries()), ...(await asked("redis"))]).toEqual([]);
});

it("opens and closes a session that asks nothing with one look-up and no row of its own", async () => {
  await forget();
  const agent = await connect(["agent"]);
  expect((await agent.queries()).filter((text) => text.includes("api_keys"))).toHaveLength(1);
  const used = await meter(agent);

  agent.socket.close(1000);
  await agent.closing();

  expect(used).toEqual({ rowsWritten: 0, rowsRead: 0, alarmsSet: 0, transactions: 0 });
});

describe("over HTTP", () => {
  const key = () => issueKey(["observer"]);

  it("a call of a session costs its record and the session's own row, and sets no alarm of its own", async () => {
    const client = await shakeHands(await key());
    await client.tool("ctx.get", { key: "the tables are there, the alarm is set" });
    const used = await meter(client);

    await client.tool("ctx.get", { key: "a" });

    expect(used).toMatchObject({ rowsWritten: 2, transactions: 2, alarmsSet: 0 });
  });

  it("a single request costs the same", async () => {
    const client = new ModernClient(await key());
    await client.tool("ctx.get", { key: "the tables are there, the alarm is set" });
    const used = await meter(client);

    await client.tool("ctx.get", { key: "a" });

    expect(used).toMatchObject({ rowsWritten: 2, transactions: 2, alarmsSet: 0 });
  });

  it("looking around writes no record, only that it was used", async () => {
    const client = new ModernClient(await key());
    await client.call("tools/list");
    const used = await meter(client);

    for (let call = 0; call < 10; call++) await client.call("tools/list");

    expect(used).toMatchObject({ rowsWritten: 10, transactions: 10, alarmsSet: 0 });
    expect(await recordsIn(client.object)).toEqual([]);
  });

  it("a session that says nothing has one alarm, which its calls do not move and its drain and its checkpoint put back", async () => {
    pass(0);
    const nowMs = Date.now();
    const client = await shakeHands(await key());
    expect(await alarmOf(client.object)).toBe(nowMs + DAY_MS);

    await client.tool("ctx.get", { key: "a" });
    await client.drain();
    expect(await alarmOf(client.object)).toBe(nowMs + CHECKPOINT_EVERY_MS);
    pass(CHECKPOINT_EVERY_MS);
    await client.drain();

    expect(await alarmOf(client.object)).toBe(nowMs + DAY_MS);
    await client.sleep();
    await expect(evictDurableObject(client.object)).rejects.toThrow(/not .*running/);
  });
});

const DAY_MS = 24 * 3_600_000;
