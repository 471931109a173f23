// The signed heads of chains: each hour of one that grows, one at its end, and whatever fails on the way, none is missing.

import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { readCheckpoint } from "../../src/audit/checkpoint.ts";
import { auditKey, TrustedKeys } from "../../src/audit/signing.ts";
import { CHECKPOINT_EVERY_MS } from "../../src/objects/chain.ts";
import { loggedBy, ModernClient, storedIn } from "./mcp-client.ts";
import { aheadOfAlarms, type Agent, breakdown, connectWith, eventually, issueKey, pass, sql } from "./world.ts";

beforeEach(aheadOfAlarms);
afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const HOUR_MS = 3_600_000;
const DAY = { expiresInS: 86_400 };
/** The longest pause between two tries. */
const RETRY_MS = 60_000;
const publicKey = auditKey(z.object({ x: z.string() }).parse(JSON.parse(env.AUDIT_SIGNING_KEY)).x);

const Stored = z.object({
  chain_id: z.string(),
  seq: z.coerce.number(),
  hash: z.string(),
  final: z.boolean(),
  statement: z.string(),
  kid: z.string(),
  signature: z.string(),
});

async function checkpointsOf(sessionId: string) {
  const rows = await sql(`select * from audit_checkpoints where chain_id in (
    select chain_id from audit_logs where session_id = '${sessionId}') order by stored_at, seq`);
  return rows.map((row) => Stored.parse(row));
}

/** What each says, after a look at its signature. */
async function saidOf(sessionId: string): Promise<readonly (readonly [number, boolean])[]> {
  const stored = await checkpointsOf(sessionId);
  for (const { chain_id: chainId, seq, hash, final: isFinal, ...signed } of stored) {
    expect(readCheckpoint(signed.statement)).toMatchObject({ chainId, seq, hash, isFinal });
    expect(await new TrustedKeys([publicKey]).haveSigned(signed)).toBe(true);
  }
  return stored.map(({ seq, final }) => [seq, final]);
}

const read = (agent: Agent) => agent.call("ctx.get", { key: "k" });

async function leave(agent: Agent): Promise<void> {
  agent.socket.close(1000);
  await agent.closing();
  await eventually(() => runInDurableObject(agent.object, (_, state) => state.getWebSockets().length === 0));
}

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: a chain", (_, sleeps) => {
  const ring = async (agent: Agent) => {
    if (sleeps) await agent.sleep();
    return agent.drain();
  };

  it("is signed each hour in which it grew, and not in one in which it did not", async () => {
    const agent = await connectWith(await issueKey(["agent"], DAY));
    await read(agent);
    await ring(agent);
    expect(await saidOf(agent.sessionId)).toEqual([]);

    pass(HOUR_MS);
    await ring(agent);
    expect(await saidOf(agent.sessionId)).toEqual([[1, false]]);
    expect(await agent.alarmAt()).toBeNull();

    pass(HOUR_MS);
    await read(agent);
    await read(agent);
    await ring(agent);
    expect(await saidOf(agent.sessionId)).toEqual([
      [1, false],
      [3, false],
    ]);
  });

  it("is signed as the last when it ends, with the hash of its last row, before anything is thrown away", async () => {
    const agent = await connectWith(await issueKey(["agent"], DAY));
    await read(agent);
    await read(agent);
    await ring(agent);
    await leave(agent);

    await ring(agent);

    expect(await saidOf(agent.sessionId)).toEqual([[2, true]]);
    const [checkpoint] = await checkpointsOf(agent.sessionId);
    expect((await agent.logged()).at(-1)).toMatchObject({ hash: checkpoint?.hash, chain_id: checkpoint?.chain_id });
    expect(await storedIn(agent.object)).toEqual([]);
    expect(await agent.alarmAt()).toBeNull();
  });

  it("keeps its last word through an outage that comes when all rows have arrived, and tries ever less often", async () => {
    const agent = await connectWith(await issueKey(["agent"], DAY));
    await read(agent);
    await ring(agent);
    await leave(agent);
    await breakdown({ postgres: "down" });

    const pauses: number[] = [];
    for (let failure = 1; failure <= 8; failure++) {
      expect(await ring(agent)).toBe(true);
      pauses.push(Number(await agent.alarmAt()) - Date.now());
      pass(pauses.at(-1) ?? 0);
    }
    expect(await storedIn(agent.object)).toContain("chain final");
    await breakdown({});
    expect(await ring(agent)).toBe(true);

    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(await saidOf(agent.sessionId)).toEqual([[1, true]]);
    expect(await storedIn(agent.object)).toEqual([]);
  });

  it("is signed an hour late when Postgres was down, and only for rows that are there", async () => {
    const agent = await connectWith(await issueKey(["agent"], DAY));
    await read(agent);
    await ring(agent);
    await breakdown({ postgres: "down" });
    pass(HOUR_MS);
    await ring(agent);
    await read(agent);
    await ring(agent);
    expect(await saidOf(agent.sessionId)).toEqual([]);

    await breakdown({});
    pass(RETRY_MS);
    await ring(agent);

    expect(await saidOf(agent.sessionId)).toEqual([[2, false]]);
  });
});

it("sends the last word once more, and it is there once, when the answer of Postgres was lost", async () => {
  const agent = await connectWith(await issueKey(["agent"], DAY));
  await read(agent);
  await agent.drain();
  await leave(agent);
  await breakdown({ postgres: "answers lost" });
  await agent.drain();
  await breakdown({});

  pass(RETRY_MS);
  await agent.drain();

  expect(await saidOf(agent.sessionId)).toEqual([[1, true]]);
  expect(await storedIn(agent.object)).toEqual([]);
});

it("sends the last word after a crash in the middle of it, without anyone's help", async () => {
  vi.useRealTimers();
  const agent = await connectWith(await issueKey(["agent"], DAY));
  await read(agent);
  await agent.drain();
  await leave(agent);
  await breakdown({ postgres: "hangs" });
  await runInDurableObject(agent.object, (_, { storage }) => storage.setAlarm(Date.now()));
  await eventually(async () => (await storedIn(agent.object)).includes("chain final"));

  await agent.crash();
  await breakdown({});

  await eventually(async () => (await checkpointsOf(agent.sessionId)).length === 1);
  expect(await saidOf(agent.sessionId)).toEqual([[1, true]]);
  await eventually(async () => (await storedIn(agent.object)).length === 0);
});

describe("an object of single requests", () => {
  const leaveAlone = async (client: ModernClient) => {
    await runDurableObjectAlarm(client.object);
    pass(HOUR_MS);
    await runDurableObjectAlarm(client.object);
  };
  const chains = async (client: ModernClient) =>
    (await loggedBy(client.object)).map(({ chain_id, seq }) => [String(chain_id), Number(seq)] as const);

  it("begins another chain when it was emptied: no name comes twice", async () => {
    const client = new ModernClient(await issueKey(["observer"], DAY));
    await client.tool("ctx.get", { key: "a" });
    await leaveAlone(client);
    expect(await storedIn(client.object)).toEqual([]);

    await client.tool("ctx.get", { key: "a" });
    await leaveAlone(client);

    const rows = await chains(client);
    expect(rows.map(([, seq]) => seq)).toEqual([1, 1]);
    expect(new Set(rows.map(([chainId]) => chainId)).size).toBe(2);
    for (const [chainId] of rows) expect(z.uuid().safeParse(chainId).success).toBe(true);
  });

  it("begins another chain for a request that comes while the last word is on its way", async () => {
    const client = new ModernClient(await issueKey(["observer"], DAY));
    await client.tool("ctx.get", { key: "a" });
    await runDurableObjectAlarm(client.object);
    await breakdown({ postgres: "down" });
    pass(HOUR_MS);
    await runDurableObjectAlarm(client.object);
    expect(await storedIn(client.object)).toContain("chain final");
    await breakdown({});

    await client.tool("ctx.get", { key: "a" });
    pass(RETRY_MS);
    await runDurableObjectAlarm(client.object);

    const rows = await chains(client);
    expect(rows.map(([, seq]) => seq)).toEqual([1, 1]);
    const finals = await sql(
      `select chain_id from audit_checkpoints where final and chain_id in ('${rows.map(([id]) => id).join("','")}')`,
    );
    expect(finals).toHaveLength(1);
    expect(await storedIn(client.object)).toContain("chain");
  });
});

it("goes on under the old name with a chain that began when chains were called like their objects", async () => {
  const agent = await connectWith(await issueKey(["agent"], DAY));
  await read(agent);
  await agent.drain();
  await runInDurableObject(agent.object, (_, { storage }) => void storage.kv.delete("chain"));
  await agent.sleep();

  await read(agent);

  const [, second] = await agent.stored("select record from journal order by seq");
  expect(
    JSON.parse(String(second?.record ?? (await agent.stored("select record from journal"))[0]?.record)),
  ).toMatchObject({
    chain_id: agent.object.id.toString(),
    seq: 2,
  });
  expect(CHECKPOINT_EVERY_MS).toBe(HOUR_MS);
});
