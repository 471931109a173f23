// What a session writes down: before any answer leaves, before any effect begins, and in one chain.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { link, sha256 } from "../../src/audit/record.ts";
import { type Agent, asked, breakdown, connect, eventually, forget, type JournalLine, pass, refusal } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

/** The text that was hashed, as it stands in the object. */
async function expectOneChain(agent: Agent, length: number): Promise<void> {
  const rows = await agent.stored("select seq, record, prev_hash, hash from journal order by seq");
  expect(rows).toHaveLength(length);
  let prevHash = sha256((await agent.chainId()) ?? "");
  for (const [index, row] of rows.entries()) {
    expect(row).toMatchObject({ seq: index + 1, prev_hash: prevHash, hash: link(prevHash, String(row.record)) });
    prevHash = String(row.hash);
  }
}

const records = (lines: readonly JournalLine[]) => lines.map(({ record }) => record);
const calls = (count: number) => Array.from({ length: count }, (_, index) => index);

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: the journal", (_, sleeps) => {
  const agentWith = (...roles: string[]): Promise<Agent> => connect(roles, { sleeps });

  it("holds one row for a read, with who asked, what for, and how it ended", async () => {
    const agent = await agentWith("observer");

    await agent.call("k8s.list_pods", { namespace: "shop" });

    expect(records(await agent.journal())).toEqual([
      expect.objectContaining({
        phase: "outcome",
        chain_id: await agent.chainId(),
        seq: 1,
        actor_type: "agent",
        actor_id: agent.principal,
        on_behalf_of: "team/oncall",
        session_id: agent.sessionId,
        source_ip: expect.stringMatching(/^2001:db8::/),
        action: "tool.call",
        tool: "k8s.list_pods",
        cluster: "demo",
        namespace: "shop",
        decision: "allowed",
        outcome: "ok",
        params: { namespace: "shop" },
        result_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    ]);
  });

  it("holds two rows for an effect, its intent and its outcome, and not the value that was stored", async () => {
    const agent = await agentWith("agent");

    await agent.call("ctx.set", { key: "k", value: "between the agent and its notebook" });

    const [intent, outcome] = records(await agent.journal());
    const params = { key: "k", value: { omitted: true, bytes: 36 } };
    expect(intent).toMatchObject({ phase: "intent", outcome: "pending", tool: "ctx.set", params });
    expect(outcome).toMatchObject({ phase: "outcome", outcome: "ok", call_id: intent?.call_id });
    expect(JSON.stringify([intent, outcome])).not.toContain("notebook");
  });

  it("is one unbroken chain over calls that arrive together and calls that arrive later", async () => {
    const agent = await agentWith("agent");
    await agent.settle();

    const ids = calls(50).map((n) =>
      n % 5 === 0 ? agent.request("ctx.set", { key: `k${n}`, value: n }) : agent.request("ctx.get", { key: "k" }),
    );
    await Promise.all(ids.map((id) => agent.reply(id)));
    await agent.call("ctx.get", { key: "k" });

    await expectOneChain(agent, 50 + 10 + 1);
  });

  it("keeps an answer back that cannot be written down", async () => {
    const agent = await agentWith("agent");
    await agent.call("ctx.get", { key: "k" });
    await agent.stored("create trigger full before insert on journal begin select raise(abort, 'disk full'); end");

    expect(await agent.call("ctx.get", { key: "k" })).toMatchObject(refusal(50301, "audit_backpressure"));
  });

  it("keeps an effect from beginning that cannot be announced", async () => {
    const agent = await agentWith("agent");
    await agent.call("ctx.get", { key: "k" });
    await agent.stored("create trigger full before insert on journal begin select raise(abort, 'disk full'); end");
    await forget();

    expect(await agent.call("ctx.set", { key: "k", value: 1 })).toMatchObject(refusal(50301, "audit_backpressure"));
    expect(await asked("redis")).toEqual([]);
  });

  it("tells on the next wake of an effect that a crash cut off that nobody knows how it ended (attack 61)", async () => {
    const agent = await agentWith("agent");
    await forget();
    await breakdown({ redis: "hangs" });
    await agent.settle();
    agent.request("ctx.set", { key: "k", value: 1 });
    await eventually(async () => (await asked("redis")).length === 1);

    await agent.crash();

    expect(await agent.closing()).toMatchObject({ code: 1006 });
    const [intent, outcome, ...rest] = records(await agent.journal());
    expect(intent).toMatchObject({ phase: "intent", outcome: "pending" });
    expect(outcome).toMatchObject({
      phase: "outcome",
      outcome: "unknown",
      reason: "interrupted",
      call_id: intent?.call_id,
    });
    expect(rest).toEqual([]);
    await expectOneChain(agent, 2);
  });

  it("says that it does not know when an effect was sent and its answer lost", async () => {
    const agent = await agentWith("agent");
    await breakdown({ redis: "answers lost" });

    const reply = await agent.call("ctx.set", { key: "k", value: 1 });
    await breakdown({});

    expect(reply).toMatchObject(refusal(50300, "upstream_unavailable", { upstream: "redis" }));
    expect(records(await agent.journal()).at(-1)).toMatchObject({ outcome: "unknown", reason: "upstream_unavailable" });
    expect(await agent.call("ctx.get", { key: "k" })).toMatchObject({ result: { value: 1 } });
  });

  it("writes ten refusals of a kind a minute down and counts the others", async () => {
    pass(0);
    const agent = await agentWith("agent");
    await agent.settle();
    for (const lot of [calls(50), calls(50)]) {
      const ids = lot.map(() => agent.request("tools.configure", { tool: "ctx.get" }));
      await Promise.all(ids.map((id) => agent.reply(id)));
    }

    expect(await agent.journal()).toHaveLength(10);
    expect(await agent.stored("select count, window_start_ms from refusals")).toMatchObject([{ count: 90 }]);

    pass(61_000);
    await agent.settle();
    await agent.drain();

    const rows = await agent.logged();
    expect(rows).toHaveLength(11);
    expect(rows.at(-1)).toMatchObject({
      action: "refusals",
      count: 90,
      reason: "permission_denied",
      tool: "tools.configure",
    });
    expect(await agent.stored("select * from refusals")).toEqual([]);
  });
});

describe("a record that was written and could not be committed", () => {
  /** A deferred constraint: from now on every write succeeds, and its commit does not. */
  const doom = (agent: Agent) =>
    agent.stored(`
      create table parents (id integer primary key);
      create table orphans (parent integer references parents (id) deferrable initially deferred);
      create trigger doom after insert on journal begin insert into orphans values (1); end`);

  it("never lets an answer out", async () => {
    const agent = await connect(["agent"]);
    await agent.call("ctx.get", { key: "k" });
    await doom(agent);

    agent.request("ctx.get", { key: "k" });

    expect(await agent.closing()).toMatchObject({ code: 1006 });
    expect(agent.messages.map(({ id }) => id)).toEqual([undefined, 1]);
    await expectOneChain(agent, 1);
  });

  it("never lets an effect begin", async () => {
    const agent = await connect(["agent"]);
    await agent.call("ctx.get", { key: "k" });
    await doom(agent);
    await forget();

    agent.request("ctx.set", { key: "k", value: 1 });

    expect(await agent.closing()).toMatchObject({ code: 1006 });
    expect(await asked("redis")).toEqual([]);
    await expectOneChain(agent, 1);
  });
});

it("closes the count of refusals when the socket is closed", async () => {
  const agent = await connect(["agent"]);
  const ids = calls(15).map(() => agent.request("tools.configure", { tool: "ctx.get" }));
  await Promise.all(ids.map((id) => agent.reply(id)));

  agent.socket.close(1000);
  await agent.closing();

  await eventually(async () => (await agent.journal()).length === 11);
  expect(records(await agent.journal()).at(-1)).toMatchObject({ action: "refusals", count: 5 });
});

it("keeps no secret that a caller puts into an argument", async () => {
  const agent = await connect(["agent"]);
  const secrets = { password: "hunter2", note: "Bearer abcdefghijklmnop", half: "\ud800" };

  await agent.call("mcp.tools.call", { name: "no.such.tool", args: secrets });
  await agent.drain();

  const [row] = await agent.logged();
  expect(row).toMatchObject({ params: { password: "[REDACTED:key]", note: "[REDACTED:bearer]", half: "\ufffd" } });
});

it("refuses an effect, and then everything, when too much waits for Postgres", async () => {
  const agent = await connect(["agent"]);
  await agent.call("ctx.get", { key: "k" });
  const fill = (rows: number) =>
    runInDurableObject(agent.object, (_, { storage }) => {
      storage.sql.exec(
        `with recursive n(i) as (select 100 union all select i + 1 from n where i < ${rows + 100})
         insert or ignore into journal (seq, call_id, phase, record, prev_hash, hash) select i, '', 'event', '{}', '', '' from n`,
      );
    });

  await fill(10_000);
  await agent.sleep();
  const written = await agent.call("ctx.set", { key: "k", value: 1 });
  const read = await agent.call("ctx.get", { key: "k" });
  await fill(50_000);
  await agent.sleep();
  const refused = await agent.call("ctx.get", { key: "k" });
  await agent.stored("delete from journal where seq >= 100");

  expect(written).toMatchObject(refusal(50301, "audit_backpressure"));
  expect(read).toHaveProperty("result");
  expect(refused).toMatchObject(refusal(50301, "audit_backpressure"));
});
