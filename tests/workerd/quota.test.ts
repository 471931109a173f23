// One quota for all sessions of a principal, on the platform: many sockets, sleep, eviction, and an object out of reach.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { connect, connectWith, eventually, issueKey, pass, refusal } from "./world.ts";
import type { Agent, Key } from "./world.ts";

/** A session waits a second for its quota, and then goes on without. A busy machine may take longer, and counts all the same. */
const PATIENCE_MS = 1_000;
const setTimer = globalThis.setTimeout;

beforeEach(() => {
  vi.spyOn(globalThis, "setTimeout").mockImplementation((run: () => void, ms = 0) =>
    setTimer(run, ms === PATIENCE_MS ? 60_000 : ms),
  );
});
afterEach(() => void vi.restoreAllMocks());
afterEach(() => void vi.useRealTimers());

const MINUTE_LIMIT = 600;

const objectOf = ({ principal }: Pick<Key, "principal">) => env.QUOTA.getByName(principal);

const Row = z.object({ minute: z.int(), hour: z.int() });

/** What the principal's object has counted, and in how many rows. */
async function counted(key: Pick<Key, "principal">): Promise<z.output<typeof Row>[]> {
  return runInDurableObject(objectOf(key), (_, { storage }) =>
    Array.from(storage.sql.exec("select minute, hour from spent"), (row) => Row.parse(row)),
  );
}

/** Reads along, until the object's next sleep: a lease is a statement that writes its row. */
function meter(key: Pick<Key, "principal">): Promise<{ statements: number; rowsWritten: number }> {
  return runInDurableObject(objectOf(key), (_, { storage }) => {
    const read = { statements: 0, rowsWritten: 0 };
    const exec = storage.sql.exec.bind(storage.sql);
    vi.spyOn(storage.sql, "exec").mockImplementation((query: string, ...bindings: SqlStorageValue[]) => {
      const cursor = exec(query, ...bindings);
      read.statements += 1;
      read.rowsWritten += cursor.rowsWritten;
      return cursor;
    });
    return read;
  });
}

/** The clock stands still at the beginning of a minute, so that no window ends in the middle of a test. */
function atTheFullMinute(): void {
  vi.setSystemTime(Math.ceil(Date.now() / 60_000) * 60_000);
}

/** Most calls do not wake the object, and only one that is awake can be put to sleep. */
async function forgetful(agent: Agent): Promise<void> {
  await objectOf(agent).spent();
  await evictDurableObject(objectOf(agent));
}

async function admittedOf(agents: readonly Agent[], method: string): Promise<number> {
  const replies = await Promise.all(agents.map((agent) => agent.call(method)));
  return replies.filter((reply) => "result" in reply).length;
}

describe("a hundred sessions of one principal", () => {
  it(
    "are admitted together as often as the quota allows, and not once more (attack 49)",
    { timeout: 120_000 },
    async () => {
      const key = await issueKey(["agent"]);
      const agents: Agent[] = [];
      for (let opened = 0; opened < 100; opened++) agents.push(await connectWith(key));
      atTheFullMinute();
      let admitted = 0;

      for (let round = 0; round < 4; round++) admitted += await admittedOf(agents, "mcp.tools.list");
      // 1, then 2, then 4 for those who come first: all is leased, and 25 are refused while others hold 225.
      expect([admitted, await counted(key)]).toEqual([375, [{ minute: MINUTE_LIMIT, hour: MINUTE_LIMIT }]]);

      for (let round = 0; round < 4; round++) admitted += await admittedOf(agents, "mcp.tools.list");
      expect([admitted, await counted(key)]).toEqual([600, [{ minute: MINUTE_LIMIT, hour: MINUTE_LIMIT }]]);

      pass(60_000);
      expect(await admittedOf(agents, "mcp.tools.list")).toBe(100);
    },
  );
});

describe("a quota", () => {
  it("counts one for one call of each of many sessions", async () => {
    atTheFullMinute();
    const key = await issueKey(["agent"]);

    for (let opened = 0; opened < 20; opened++) {
      const agent = await connectWith(key);
      await agent.call("ctx.list");
    }

    expect(await counted(key)).toEqual([{ minute: 20, hour: 20 }]);
  });

  it("is asked by a busy session about once for twenty calls, and keeps one row", async () => {
    atTheFullMinute();
    const agent = await connect(["agent"]);
    await agent.call("ctx.list");
    const read = await meter(agent);

    for (let call = 0; call < 58; call++) await agent.call("ctx.list");

    // 1 · 2, 4, 8, 16, 20, 20
    expect(read).toEqual({ statements: 6, rowsWritten: 6 });
    expect(await counted(agent)).toEqual([{ minute: 71, hour: 71 }]);
  });

  it.each([
    ["its session", (agent: Agent) => agent.sleep()],
    ["its object", forgetful],
    ["both", (agent: Agent) => agent.sleep().then(() => forgetful(agent))],
  ])("survives the sleep of %s before every call", async (_what, sleep) => {
    atTheFullMinute();
    const agent = await connect(["agent"]);

    for (let call = 0; call < 20; call++) {
      expect(await agent.call("ctx.list")).toHaveProperty("result");
      await sleep(agent);
    }

    // 1 + 2 + 4 + 8 + 16: as if nobody had slept.
    expect(await counted(agent)).toEqual([{ minute: 31, hour: 31 }]);
    expect(await agent.call("quota.get")).toMatchObject({ result: { minute: { limit: MINUTE_LIMIT, used: 31 } } });
  });

  it.each([
    ["awake", false],
    ["asleep", true],
  ])("gets back what a session had in hand when it was closed: %s", async (_, sleeps) => {
    atTheFullMinute();
    const agent = await connect(["agent"], { sleeps });
    for (let call = 0; call < 4; call++) await agent.call("ctx.list");
    expect(await counted(agent)).toEqual([{ minute: 7, hour: 7 }]);
    await agent.settle();

    agent.socket.close(1000);
    await agent.closing();

    await eventually(async () => (await counted(agent))[0]?.minute === 4);
  });

  it("gets it back once, whatever else is told of the same end", async () => {
    atTheFullMinute();
    const agent = await connect(["agent"]);
    for (let call = 0; call < 4; call++) await agent.call("ctx.list");
    await agent.sleep();

    const kept = await runInDurableObject(agent.object, async (session, state) => {
      const [socket] = state.getWebSockets();
      if (!socket) throw new Error("there is no socket");
      const before = z.looseObject({ quota: z.unknown() }).parse(socket.deserializeAttachment());
      await session.webSocketClose(socket, 1000);
      const after = z.looseObject({ quota: z.unknown() }).parse(socket.deserializeAttachment());
      await session.webSocketClose(socket, 1000);
      return [before.quota, after.quota];
    });

    expect(kept).toEqual([expect.objectContaining({ left: 3 }), undefined]);
    expect(await counted(agent)).toEqual([{ minute: 4, hour: 4 }]);
  });

  it("refuses what it has no room for, until the window ends", async () => {
    atTheFullMinute();
    const agent = await connect(["agent"]);
    await agent.call("ctx.list");
    await runInDurableObject(objectOf(agent), (_, { storage }) => {
      storage.sql.exec(`update spent set minute = ${MINUTE_LIMIT}`);
    });
    await evictDurableObject(objectOf(agent));
    pass(1_000);

    const refused = await agent.call("ctx.list");
    pass(59_000);

    const data = { scope: "principal", window: "minute", limit: MINUTE_LIMIT, retryAfterMs: 59_000 };
    expect(refused).toMatchObject(refusal(42901, "quota_exhausted", data));
    expect((await agent.journal()).at(-1)?.record).toMatchObject({ decision: "refused", reason: "quota_exhausted" });
    expect(await agent.call("ctx.list")).toHaveProperty("result");
  });

  it("is not touched by a flood of calls that are denied (attack 51)", async () => {
    atTheFullMinute();
    const agent = await connect(["agent"]);
    await agent.call("ctx.list");

    for (let call = 0; call < 30; call++) await agent.call("k8s.list_pods", { namespace: "shop" });

    expect(await counted(agent)).toEqual([{ minute: 1, hour: 1 }]);
  });
});

describe("an object that cannot be reached", () => {
  /** What it writes fails, as on a full or fenced-off disk: it answers nothing. */
  const breakIt = (agent: Agent) =>
    runInDurableObject(objectOf(agent), (_, { storage }) => {
      storage.sql.exec("create trigger full before insert on spent begin select raise(abort, 'disk full'); end");
    });
  const mendIt = (agent: Agent) =>
    runInDurableObject(objectOf(agent), (_, { storage }) => void storage.sql.exec("drop trigger full"));

  it("does not keep agents from reading, but from changing anything", async () => {
    atTheFullMinute();
    const agent = await connect(["agent"]);
    await agent.call("ctx.list");
    await breakIt(agent);

    const [read, written] = [await agent.call("ctx.list"), await agent.call("ctx.set", { key: "a", value: 1 })];

    expect(read).toHaveProperty("result");
    expect(written).toMatchObject(refusal(50300, "upstream_unavailable", { upstream: "quota" }));
    expect(await agent.call("ctx.get", { key: "a" })).toMatchObject({ result: { found: false } });

    await mendIt(agent);
    pass(5_000);
    expect(await agent.call("ctx.set", { key: "a", value: 1 })).toHaveProperty("result");
  });
});
