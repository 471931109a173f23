// From the object to Postgres: whatever fails on the way, every row arrives, once, and then nothing stays behind.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { link, sha256 } from "../../src/audit/record.ts";
import { aheadOfAlarms, type Agent, asked, breakdown, connect, eventually, forget, sql } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

/** Every row of the chain, once, in order, each building on the one before. */
async function expectLogged(agent: Agent, length: number): Promise<void> {
  const rows = await agent.logged();
  const chainId = String(rows[0]?.chain_id);
  expect(await sql(`select seq from audit_quarantine where chain_id = '${chainId}'`)).toEqual([]);
  expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length }, (_, index) => index + 1));
  let prevHash = sha256(chainId);
  for (const { record, prev_hash, hash } of rows) {
    expect({ prev_hash, hash }).toEqual({ prev_hash: prevHash, hash: link(prevHash, String(record)) });
    prevHash = String(hash);
  }
}

async function read(agent: Agent, times: number): Promise<void> {
  await Promise.all(Array.from({ length: times }, () => agent.call("ctx.get", { key: "k" })));
}

const isEmpty = (agent: Agent) =>
  runInDurableObject(agent.object, async (_, { storage }) => {
    const tables = Array.from(
      storage.sql.exec("select name from sqlite_master where name not like '\\_cf%' escape '\\'"),
    );
    return tables.length === 0 && (await storage.getAlarm()) === null;
  });

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: the journal", (_, sleeps) => {
  beforeEach(aheadOfAlarms);

  const agentWith = (...roles: string[]): Promise<Agent> => connect(roles, { sleeps });
  const drain = async (agent: Agent) => {
    await agent.settle();
    return agent.drain();
  };

  it("arrives in Postgres in one statement, and leaves only its head behind", async () => {
    const agent = await agentWith("agent");
    for (let call = 1; call <= 3; call++) await read(agent, 1);
    await forget();

    expect(await drain(agent)).toBe(true);

    expect(await agent.queries()).toHaveLength(1);
    await expectLogged(agent, 3);
    expect((await agent.journal()).map(({ seq }) => seq)).toEqual([3]);
    expect(await agent.isAtRest()).toBe(true);
  });

  it("goes on with the chain after it has drained", async () => {
    const agent = await agentWith("agent");
    await read(agent, 1);
    await drain(agent);

    await read(agent, 1);
    await drain(agent);

    await expectLogged(agent, 2);
  });

  it("waits out an outage of Postgres, loses nothing and repeats nothing (attack 54)", async () => {
    const agent = await agentWith("agent");
    await read(agent, 1);
    await breakdown({ postgres: "down" });

    expect(await drain(agent)).toBe(true);
    await read(agent, 1);
    expect(await agent.logged()).toEqual([]);
    await breakdown({});
    expect(await drain(agent)).toBe(true);

    await expectLogged(agent, 2);
    expect(await agent.isAtRest()).toBe(true);
  });

  it("repeats nothing when Postgres had taken the rows and its answer was lost (attack 55)", async () => {
    const agent = await agentWith("agent");
    await read(agent, 1);
    await breakdown({ postgres: "answers lost" });

    await drain(agent);
    await breakdown({});
    await expectLogged(agent, 1);
    await read(agent, 1);
    await drain(agent);

    await expectLogged(agent, 2);
  });

  it("keeps trying after more failures than the platform forgives, at most a minute apart (attack 57)", async () => {
    const agent = await agentWith("agent");
    await read(agent, 1);
    await breakdown({ postgres: "down" });

    const pauses: number[] = [];
    for (let failure = 1; failure <= 9; failure++) {
      expect(await drain(agent)).toBe(true);
      pauses.push(Number(await agent.alarmAt()) - Date.now());
    }
    await breakdown({});
    expect(await drain(agent)).toBe(true);

    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    await expectLogged(agent, 1);
    expect(await agent.isAtRest()).toBe(true);
  });

  it("puts a row aside that Postgres will never take, and sends the others (attack 56)", async () => {
    const agent = await agentWith("agent");
    for (let call = 1; call <= 5; call++) await read(agent, 1);
    // As an older version might have left it: jsonb takes no NUL.
    await agent.stored(`update journal set record = replace(record, 'ctx.get', 'ctx\\u0000get') where seq = 3`);

    await drain(agent);

    expect((await agent.logged()).map(({ seq }) => Number(seq))).toEqual([1, 2, 4, 5]);
    const aside = await sql(`select seq, sql_state from audit_quarantine where chain_id = '${await agent.chainId()}'`);
    expect(aside.map(({ seq, sql_state }) => [Number(seq), sql_state])).toEqual([[3, "22P05"]]);
    expect(await agent.isAtRest()).toBe(true);
  });

  it("is gone, and its alarm with it, once the socket is closed and everything has arrived", async () => {
    const agent = await agentWith("agent");
    await agent.call("ctx.set", { key: "k", value: 1 });
    agent.socket.close(1000);
    await agent.closing();
    await eventually(async () => runInDurableObject(agent.object, (_o, state) => state.getWebSockets().length === 0));

    expect(await drain(agent)).toBe(true);

    await expectLogged(agent, 2);
    expect(await isEmpty(agent)).toBe(true);
    expect(await agent.drain()).toBe(false);
  });

  it("is gone as well when everything had arrived before the socket was closed", async () => {
    const agent = await agentWith("agent");
    await read(agent, 1);
    await drain(agent);
    await agent.settle();
    agent.socket.close(1000);
    await agent.closing();

    await eventually(() => agent.drain());

    await expectLogged(agent, 1);
    expect(await isEmpty(agent)).toBe(true);
  });

  it("stays while the socket is open", async () => {
    const agent = await agentWith("agent");
    await read(agent, 1);

    await drain(agent);

    expect(await isEmpty(agent)).toBe(false);
  });
});

it("drains by the platform's alarm, without anyone's help", async () => {
  const agent = await connect(["agent"]);
  await read(agent, 1);

  await runInDurableObject(agent.object, (_, { storage }) => storage.setAlarm(Date.now()));

  await eventually(async () => (await agent.logged()).length === 1);
});

it("drains after a crash in the middle of draining, without anyone's help", async () => {
  const agent = await connect(["agent"]);
  await read(agent, 1);
  await forget();
  await breakdown({ postgres: "hangs" });
  await runInDurableObject(agent.object, (_, { storage }) => storage.setAlarm(Date.now()));
  await eventually(async () => (await agent.queries()).length === 1);

  await agent.crash();
  await breakdown({});

  await eventually(async () => (await agent.logged()).length === 1);
});

it("sends the intent of an effect that is still running, and its outcome when there is one", async () => {
  const agent = await connect(["agent"]);
  await forget();
  await breakdown({ redis: "hangs" });
  const running = agent.request("ctx.set", { key: "k", value: 1 });
  await eventually(async () => (await asked("redis")).length === 1);

  await agent.drain();
  expect(await agent.logged()).toMatchObject([{ phase: "intent" }]);
  await breakdown({});
  await agent.reply(running);
  await agent.drain();

  await expectLogged(agent, 2);
  expect((await agent.journal()).map(({ seq }) => seq)).toEqual([2]);
});

it("still knows of an effect whose intent has drained when a crash cuts it off", async () => {
  const agent = await connect(["agent"]);
  await forget();
  await breakdown({ redis: "hangs" });
  agent.request("ctx.set", { key: "k", value: 1 });
  await eventually(async () => (await asked("redis")).length === 1);
  await agent.drain();

  await agent.crash();
  await agent.closing();
  await eventually(() => agent.drain());

  await expectLogged(agent, 2);
  expect((await agent.logged()).at(-1)).toMatchObject({ phase: "outcome", outcome: "unknown", reason: "interrupted" });
  expect(await isEmpty(agent)).toBe(true);
});

it("counts an idle session as nothing to do: no alarm, no row, nobody to wake", async () => {
  const agent = await connect(["agent"]);

  expect(await agent.alarmAt()).toBeNull();
  expect(await isEmpty(agent)).toBe(true);
});
