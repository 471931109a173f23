// What an administrator changes while sessions are open, and what the cron trigger keeps in order.

import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeOpening, OPENING_HEADER } from "../../src/access/opening.ts";
import worker from "../../src/worker.ts";
import { address, breakdown, connect, connectWith, forget, issueKey, pass, refusal, requireSocket } from "./world.ts";
import { sql, upgrade } from "./world.ts";
import type { Agent } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
  const administrator = await connect(["administrator"]);
  for (const tool of ["ctx.get", "ctx.list", "k8s.list_pods"]) await administrator.call("tools.configure", { tool });
});

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: tools.configure", (_, sleeps) => {
  const agentWith = (...roles: string[]): Promise<Agent> => connect(roles, { sleeps });

  it("takes a tool away from every open session, and tells each which tools are left", async () => {
    const [administrator, agent] = [await agentWith("administrator"), await agentWith("agent")];
    await agent.settle();

    const changed = await administrator.call("tools.configure", { tool: "ctx.get", enabled: false });

    expect(changed).toMatchObject({ result: { tool: "ctx.get", enabled: false } });
    const told = JSON.stringify(await agent.notified("mcp.tools.changed"));
    expect(told).toContain('"ctx.set"');
    expect(told).not.toContain('"ctx.get"');
    // What the agent may not call is nobody's business but an administrator's.
    expect(told).not.toContain('"tools.configure"');
    expect(await agent.call("ctx.get", { key: "k" })).toMatchObject(refusal(-32601, "method_not_found"));
    expect(await agent.call("mcp.tools.call", { name: "ctx.get", args: { key: "k" } })).toMatchObject(
      refusal(-32602, "unknown_tool"),
    );
  });

  it("limits a tool otherwise at once, in a session that is open and in one that opens later", async () => {
    pass(0);
    const [administrator, agent] = [await agentWith("administrator"), await agentWith("agent")];

    await administrator.call("tools.configure", { tool: "ctx.list", rate_limit: "1/hour" });
    await agent.notified("mcp.tools.changed");
    const later = await agentWith("agent");

    for (const session of [agent, later]) {
      expect(await session.call("ctx.list")).toHaveProperty("result");
      expect(await session.call("ctx.list")).toMatchObject(
        refusal(42900, "rate_limited", { limit: "1/hour", retryAfterMs: 3_600_000 }),
      );
      expect(JSON.stringify(await session.call("mcp.tools.list"))).toContain('"1/hour"');
    }
  });

  it("gives a tool back as it was declared", async () => {
    const [administrator, agent] = [await agentWith("administrator"), await agentWith("agent")];

    await administrator.call("tools.configure", { tool: "ctx.get", enabled: false });
    await administrator.call("tools.configure", { tool: "ctx.get" });

    expect(await agent.call("ctx.get", { key: "k" })).toHaveProperty("result");
  });

  it("announces itself in the journal before it takes effect", async () => {
    const administrator = await agentWith("administrator");

    await administrator.call("tools.configure", { tool: "k8s.list_pods", enabled: false });

    const records = (await administrator.journal()).map(({ record }) => record);
    expect(records).toMatchObject([
      { phase: "intent", tool: "tools.configure", params: { tool: "k8s.list_pods", enabled: false } },
      { phase: "outcome", outcome: "ok" },
    ]);
  });

  it.each([
    [{ tool: "no.such" }, refusal(40400, "not_found")],
    [{ tool: "ctx.get", rate_limit: "often" }, refusal(-32602, "invalid_params")],
    [{ tool: "tools.configure", enabled: false }, refusal(40300, "permission_denied")],
  ])("refuses %j", async (params, refused) => {
    const administrator = await agentWith("administrator");

    expect(await administrator.call("tools.configure", params)).toMatchObject(refused);
  });
});

it("tells more sessions of a change than it tells at the same time", async () => {
  const [administrator, key] = [await connect(["administrator"]), await issueKey(["agent"])];
  const agents: Agent[] = [];
  for (let session = 0; session < 60; session++) agents.push(await connectWith(key));

  await administrator.call("tools.configure", { tool: "ctx.list", enabled: false });

  await Promise.all(agents.map((agent) => agent.notified("mcp.tools.changed")));
});

it("tells a session of a change that came while it was opening", async () => {
  const opening = encodeOpening({
    sessionId: "still opening",
    via: "socket",
    verified: {
      principal: {
        id: "agent:opening",
        kind: "agent",
        roles: ["agent"],
        credential: { kind: "key", id: "none" },
        expiresAtMs: Date.now() + 60_000,
      },
      verifiedAtMs: Date.now(),
    },
  });

  const attachment: unknown = await runInDurableObject(
    env.SESSION.getByName("still opening"),
    async (session, state) => {
      const opened = session.fetch(new Request("https://session/", { headers: { [OPENING_HEADER]: opening } }));
      expect(session.settingsChanged({ "ctx.get": { enabled: false } })).toBe(true);
      await opened;
      const attachment: unknown = state.getWebSockets()[0]?.deserializeAttachment();
      return attachment;
    },
  );

  expect(attachment).toMatchObject({ settings: { "ctx.get": { enabled: false } } });
});

describe("the cron trigger", () => {
  const partitions = async () =>
    (await sql("select relname from pg_class where relname ~ '^audit_logs_[0-9]{8}$' order by 1")).length;

  it("makes the partitions of the days ahead, and drops those past their retention", async () => {
    // The database was started yesterday where it is past midnight.
    await cron();
    await sql("select public.audit_ensure_day(current_date - 100)");
    await sql(`do $$ begin execute 'drop table audit_logs_' || to_char(current_date + 7, 'YYYYMMDD'); end $$`);
    const before = await partitions();

    await cron();

    expect(await partitions()).toBe(before);
    const [row] = await sql(
      `select to_regclass('audit_logs_' || to_char(current_date + 7, 'YYYYMMDD')) is not null as made,
              to_regclass('audit_logs_' || to_char(current_date - 100, 'YYYYMMDD')) is null as dropped`,
    );
    expect(row).toEqual({ made: true, dropped: true });
  });

  it("fails where the operator sees it when Postgres is down, and does the same work the next time", async () => {
    await forget();
    await breakdown({ postgres: "down" });

    await expect(cron()).rejects.toThrow("upstream_unavailable");
    await breakdown({});

    await expect(cron()).resolves.toBeUndefined();
  });

  it("sweeps up what a restart of the runtime left behind, and leaves open sessions alone", async () => {
    const [lost, open] = [await connect(["agent"]), await connect(["agent"])];
    for (const agent of [lost, open]) await agent.call("ctx.get", { key: "k" });
    for (const agent of [lost, open]) await agent.drain();
    await lost.crash();
    await lost.closing();

    await cron();
    await lost.drain();

    expect(await lost.stored("select name from sqlite_master where name = 'journal'")).toEqual([]);
    const registered = await runInDurableObject(env.CATALOGUE.getByName("deployment"), (_, { storage }) =>
      Array.from(storage.sql.exec("select id from sessions"), ({ id }) => id),
    );
    expect(registered).not.toContain(lost.sessionId);
    expect(registered).toContain(open.sessionId);
    expect(await open.call("ctx.get", { key: "k" })).toMatchObject({ result: { found: false } });
  });
});

describe("a session that cannot learn how the tools are set", () => {
  it("is not opened, and its agent is told when to come back", async () => {
    const { token } = await issueKey(["agent"]);
    const catalogue = env.CATALOGUE.getByName("deployment");
    const rename = (from: string, to: string) =>
      runInDurableObject(catalogue, (_, { storage }) => void storage.sql.exec(`alter table ${from} rename to ${to}`));
    await rename("settings", "gone");

    const refused = await upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address() });
    await rename("gone", "settings");
    const opened = await upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address() });

    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(opened.status).toBe(101);
    requireSocket(opened).accept();
  });
});

function cron(): Promise<void> {
  return worker.scheduled(createScheduledController(), env);
}
