// The sink between many journals and Postgres: it may break, and so may they, and every row arrives once.

import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sinkName } from "../../src/adapters/object-audit-store.ts";
import { AuditSinkObject } from "../../src/objects/audit-sink-object.ts";
import { aheadOfAlarms, asked, breakdown, connect, eventually, forget, sql } from "./world.ts";
import type { Agent } from "./world.ts";

const SHARDS = Number(env.AUDIT_SHARDS);

beforeEach(aheadOfAlarms);

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await breakdown({});
});

/** Its chain has a name from its first row on. */
const sinkOf = async (agent: Agent) => sinkName((await agent.chainId()) ?? "", SHARDS);

/** Agents whose rows meet in one sink, each with one row in its journal. */
async function neighbours(count: number): Promise<readonly Agent[]> {
  const found: Agent[] = [];
  let wanted: string | undefined;
  while (found.length < count) {
    const agent = await connect(["agent"]);
    await agent.call("ctx.get", { key: "k" });
    const sink = await sinkOf(agent);
    wanted ??= sink;
    if (sink === wanted) found.push(agent);
  }
  await forget();
  return found;
}

/** The statements that hold rows of any of them: which of them each holds. */
async function statements(agents: readonly Agent[]): Promise<readonly (readonly number[])[]> {
  return (await asked("postgres"))
    .map((body) => agents.flatMap(({ sessionId }, index) => (body.includes(sessionId) ? [index] : [])))
    .filter((held) => held.length > 0);
}

/** The first one's rows are on their way and do not arrive; the others' wait behind them. */
async function drainTogether(agents: readonly Agent[]): Promise<Promise<boolean>[]> {
  const brought = vi.spyOn(AuditSinkObject.prototype, "contribute");
  const [first, ...others] = agents;
  const draining = first ? [first.drain()] : [];
  await eventually(async () => (await statements(agents)).length === 1);
  draining.push(...others.map((agent) => agent.drain()));
  await eventually(() => brought.mock.calls.length === agents.length);
  return draining;
}

const seqs = async (agent: Agent) => (await agent.logged()).map(({ seq }) => Number(seq));
const backlog = async (agent: Agent) =>
  Number((await agent.stored("select count(*) as n from journal where seq > 1"))[0]?.n);

/** The machine of the sink fails: whatever it held in memory is gone. */
async function crashSink(agent: Agent): Promise<void> {
  const sink = env.AUDIT_SINK.getByName(await sinkOf(agent));
  await runInDurableObject(sink, (_, state) => state.abort("a crash, by order of the test")).catch(() => undefined);
}

it("inserts what many journals bring while a statement is on its way as one statement", async () => {
  const agents = await neighbours(5);
  await breakdown({ postgres: "slow" });
  const draining = await drainTogether(agents);

  await breakdown({});
  await Promise.all(draining);

  expect(await statements(agents)).toEqual([[0], [1, 2, 3, 4]]);
  expect(await Promise.all(agents.map(seqs))).toEqual(Array(5).fill([1]));
  expect(await Promise.all(agents.map(backlog))).toEqual(Array(5).fill(0));
});

it("loses nothing and repeats nothing when it dies with rows in its hands, some of them in Postgres already", async () => {
  const agents = await neighbours(3);
  await breakdown({ postgres: "slow" });
  const draining = await drainTogether(agents);

  const [first] = agents;
  if (first) await crashSink(first);
  await Promise.all(draining);
  await breakdown({}); // the first one's rows arrive now, and nobody is there to hear of it
  expect(await Promise.all(agents.map(async (agent) => (await agent.alarmAt()) !== null))).toEqual([true, true, true]);
  for (const agent of agents) await agent.drain();

  expect(await Promise.all(agents.map(seqs))).toEqual([[1], [1], [1]]);
  expect(await Promise.all(agents.map(backlog))).toEqual([0, 0, 0]);
});

it("holds up nobody when a journal dies while its rows are on their way with others'", async () => {
  // By the platform's own alarm.
  vi.useRealTimers();
  const agents = await neighbours(3);
  const [, dying] = agents;
  await breakdown({ postgres: "slow" });
  const alive = agents.filter((agent) => agent !== dying);
  const draining = await drainTogether(alive.slice(0, 1));
  if (dying) await runInDurableObject(dying.object, (_, { storage }) => storage.setAlarm(Date.now()));
  draining.push(...alive.slice(1).map((agent) => agent.drain()));

  await dying?.crash();
  await breakdown({});
  await Promise.all(draining);
  await eventually(async () => (await dying?.logged())?.length === 1);

  expect(await Promise.all(agents.map(seqs))).toEqual([[1], [1], [1]]);
});

it("tells every journal of an outage, and takes their rows together when it is over", async () => {
  const agents = await neighbours(4);
  await breakdown({ postgres: "hangs" });
  const draining = await drainTogether(agents);
  await breakdown({ postgres: "down" });
  await Promise.all(draining);
  expect(await Promise.all(agents.map(seqs))).toEqual([[], [], [], []]);

  await breakdown({});
  await Promise.all(agents.map((agent) => agent.drain()));

  expect(await Promise.all(agents.map(seqs))).toEqual([[1], [1], [1], [1]]);
});

it("lets one journal's bad row hold up none of the others: it alone looks for it, and puts it aside", async () => {
  const agents = await neighbours(4);
  const [, bad] = agents;
  await bad?.call("ctx.get", { key: "k" });
  await bad?.stored(`update journal set record = replace(record, 'ctx.get', 'ctx\\u0000get') where seq = 1`);
  await breakdown({ postgres: "slow" });
  const draining = await drainTogether(agents);

  await breakdown({});
  await Promise.all(draining);

  expect(await Promise.all(agents.map(seqs))).toEqual([[1], [2], [1], [1]]);
  const aside = await sql(
    `select seq, sql_state from audit_quarantine where chain_id = '${(await bad?.chainId()) ?? ""}'`,
  );
  expect(aside.map(({ seq, sql_state }) => [Number(seq), sql_state])).toEqual([[1, "22P05"]]);
  // Together, then each by itself; after that the guilty one never spoils anybody's statement again.
  const sent = await statements(agents);
  expect(sent.slice(0, 2)).toEqual([[0], [1, 2, 3]]);
  expect(sent.slice(2).every((held) => held.length === 1)).toBe(true);
});
