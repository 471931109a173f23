// The console's live sessions in the real Worker: who is there, what each does, and how a person steps in.

import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { LiveSession, LiveSessions } from "../../src/http/console/contract/live.ts";
import { ProblemAnswer } from "../../src/http/console/contract.ts";
import { desk, KIM, post, read, ring, stored } from "./approvers.ts";
import { breakdown, connect, connectWith, eventually, forget, issueKey, sql, wasLeft } from "./world.ts";
import { HttpClient, ModernClient, shakeHands } from "./mcp-client.ts";
import type { Agent } from "./world.ts";
import type { Person } from "./approvers.ts";

const MIRA: Person = { email: "mira@example.com" };

beforeAll(async () => {
  await sql("select 1");
}, 60_000);

afterEach(async () => {
  await breakdown({});
  await ring();
});

const problem = async (response: Response) => ProblemAnswer().parse(await response.json());
const path = (id: string) => `/sessions/${encodeURIComponent(id)}`;
const card = async (response: Response) => LiveSession().parse(await response.json());
const shown = async (id: string) => card(await read(MIRA, path(id)));
const page = async (query = "") => LiveSessions().parse(await (await read(MIRA, `/sessions${query}`)).json());
const mine = (agent: Pick<Agent, "principal">) => page(`?principal=${encodeURIComponent(agent.principal)}`);

/** A machine that is busy enough takes longer than a second to wake somebody for the first time. */
async function reached(agent: Pick<Agent, "principal">) {
  let found = await mine(agent);
  await eventually(async () => {
    found = await mine(agent);
    return found.sessions.every((session) => session.reached);
  });
  return found;
}

/** A call that waits for its cluster, or for its store. */
async function waiting(agent: Agent, tool: "k8s.list_pods" | "ctx.set") {
  await breakdown({ cluster: "hangs", redis: "hangs" });
  const args = tool === "ctx.set" ? { key: "k", value: "v" } : { namespace: "shop" };
  const id = agent.request("mcp.tools.call", { name: tool, args });
  let [call] = (await shown(agent.sessionId)).in_flight;
  await eventually(async () => {
    [call] = (await shown(agent.sessionId)).in_flight;
    return call !== undefined;
  });
  if (!call) throw new Error("no call is under way");
  return { id, call };
}

async function inJournal(change: string): Promise<void> {
  await runInDurableObject(desk(), (_, { storage }) => void storage.sql.exec(change));
}

/** What stands in the journal of the console about one session. */
async function notes(sessionId: string): Promise<readonly Record<string, unknown>[]> {
  const rows = await stored(`select record from journal where record like '%${sessionId}%' order by seq`);
  return rows.map(({ record }) => z.looseObject({}).parse(JSON.parse(z.string().parse(record))));
}

describe("a page of sessions", () => {
  it("shows who is there and what they do, the newest first", async () => {
    const agent = await connect(["observer"]);
    // So many that the limit does not fill up again while a busy machine is slow.
    for (let times = 0; times < 12; times += 1)
      await agent.call("mcp.tools.call", { name: "k8s.list_pods", args: { namespace: "shop" } });
    const second = await connectWith(agent.key);

    const { sessions, total } = await reached(agent);

    expect(total).toBe(2);
    expect(sessions.map(({ id }) => id)).toEqual([second.sessionId, agent.sessionId]);
    expect(sessions[1]).toMatchObject({
      via: "socket",
      principal: { id: agent.principal, kind: "agent", roles: ["observer"], on_behalf_of: "team/oncall" },
      key_id: agent.key.token.slice(4, 20),
      protocol: "gatehouse.native.v1",
      reached: true,
      calls_per_minute: 12,
      in_flight: [],
      limits: [{ name: "k8s.list_pods", left: expect.any(Number) }],
      subscriptions: 0,
    });
    // And what the session has been given in advance.
    expect(sessions[1]?.quota?.used).toBeGreaterThanOrEqual(12);
    expect(sessions[0]).toMatchObject({ calls_per_minute: 0, limits: [] });
  });

  it("shows a session over HTTP, with the client's own name, and single requests as they are", async () => {
    const key = await issueKey(["observer"]);
    const clientInfo = { name: "probe".repeat(20), version: "1.2.3" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    await new HttpClient(key).post({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    await new ModernClient(key).tool("quota.get");

    const { sessions } = await reached(key);

    const session = sessions.find(({ via }) => via === "session");
    expect(session).toMatchObject({ client: { name: "probe".repeat(20).slice(0, 64), version: "1.2.3" } });
    expect(session?.protocol).toBe("2025-11-25");
    const single = sessions.find(({ via }) => via === "stateless");
    expect(single).toMatchObject({ id: `principal:${key.principal}`, calls_per_minute: 1 });
  });

  it("goes on where it ended, and wakes nobody who is not on it", async () => {
    const catalogue = env.CATALOGUE.getByName("deployment");
    const principal = `agent:${crypto.randomUUID()}`;
    const presence = (index: number) => ({
      sessionId: `${principal}-${index}`,
      via: "socket" as const,
      principal: { id: principal, kind: "agent" as const, roles: [] },
      openedAtMs: 1_000 + Math.floor(index / 2),
      expiresAtMs: 2_000,
    });
    for (let index = 0; index < 52; index++) await catalogue.register(`${principal}-${index}`, presence(index));

    const first = await catalogue.present({ principal, limit: 50 });
    const last = first.sessions.at(-1);
    const rest = await catalogue.present({ principal, after: last && { ...last }, limit: 50 });

    expect([first.sessions.length, first.total, rest.sessions.length]).toEqual([50, 52, 2]);
    const ids = new Set([...first.sessions, ...rest.sessions].map(({ sessionId }) => sessionId));
    expect(ids.size).toBe(52);
    for (const id of ids) await catalogue.unregister(id);
  });

  it("knows no session that has ended, and makes none", async () => {
    const agent = await connect();
    const id = agent.sessionId;
    agent.socket.close(1000);
    await eventually(async () => (await mine(agent)).total === 0);

    expect((await read(MIRA, path(id))).status).toBe(404);
    expect((await read(MIRA, path(crypto.randomUUID()))).status).toBe(404);
  });

  it.each(["?principal=", `?principal=${"x".repeat(129)}`, "?cursor=1", "?cursor=x.y"])(
    "is not listed by %s",
    async (query) => {
      expect((await read(MIRA, `/sessions${query}`)).status).toBe(400);
    },
  );

  it("is for whoever may see sessions", async () => {
    const agent = await connect();

    for (const route of ["/sessions", path(agent.sessionId)]) {
      const response = await read(KIM, route);
      expect(response.status).toBe(403);
      expect((await problem(response)).detail).toMatch(/sessions:read/);
    }
  });

  it("is there in a deployment that was updated, whose list held nothing but ids", async () => {
    const catalogue = env.CATALOGUE.getByName(`old-${crypto.randomUUID()}`);
    await runInDurableObject(catalogue, (_, { storage }) => {
      storage.sql.exec("insert into sessions (id) values ('old')");
    });

    expect(await catalogue.present({ limit: 50 })).toEqual({ sessions: [], total: 0 });
  });
});

describe("cancelling a call", () => {
  it("stops one that reads as its caller could, and is written down before", async () => {
    const agent = await connect(["observer"]);
    const { id, call } = await waiting(agent, "k8s.list_pods");
    expect(call).toMatchObject({ tool: "k8s.list_pods", effect: "read", may_cancel: true });
    await forget();

    const response = await post(MIRA, `${path(agent.sessionId)}/cancel`, { call_id: call.call_id, reason: "too slow" });

    expect(await card(response)).toMatchObject({ in_flight: [] });
    expect(await agent.reply(id)).toMatchObject({ error: { message: expect.stringMatching(/cancel/i) } });
    expect((await agent.journal()).at(-1)?.record).toMatchObject({ call_id: call.call_id, outcome: "cancelled" });
    expect(await notes(agent.sessionId)).toMatchObject([
      {
        action: "session.call_cancelled",
        call_id: call.call_id,
        actor_id: "access:mira@example.com",
        params: { tool: "k8s.list_pods", reason: "too slow", principal: agent.principal },
        outcome: "ok",
      },
    ]);
  });

  it("does not tear an effect that has begun", async () => {
    const agent = await connect(["agent"]);
    const { id, call } = await waiting(agent, "ctx.set");
    expect(call).toMatchObject({ effect: "write", may_cancel: false });

    const response = await post(MIRA, `${path(agent.sessionId)}/cancel`, { call_id: call.call_id, reason: "no" });

    expect([response.status, (await problem(response)).detail]).toEqual([409, expect.stringMatching(/not torn/)]);
    expect(await notes(agent.sessionId)).toEqual([]);
    await breakdown({});
    await agent.reply(id);
  });

  it("of one that has ended says so", async () => {
    const agent = await connect();

    const response = await post(MIRA, `${path(agent.sessionId)}/cancel`, { call_id: "none", reason: "x" });

    expect(response.status).toBe(409);
  });
});

describe("disconnecting", () => {
  it("closes a socket with a code and words, and what it reads ends", async () => {
    const agent = await connect(["observer"]);
    await waiting(agent, "k8s.list_pods");

    const response = await post(MIRA, `${path(agent.sessionId)}/disconnect`, { reason: "runs wild" });

    expect(response.status).toBe(204);
    expect(await agent.closing()).toEqual({ code: 4403, reason: expect.stringMatching(/^an operator has ended/) });
    expect(await eventually(() => wasLeft("cluster"))).toBe(true);
    expect(await notes(agent.sessionId)).toMatchObject([
      { action: "session.disconnected", actor_id: "access:mira@example.com", params: { reason: "runs wild" } },
    ]);
    await eventually(async () => (await mine(agent)).total === 0);
  });

  it("reaches a socket whose object sleeps", async () => {
    const agent = await connect();
    await agent.sleep();

    expect((await post(MIRA, `${path(agent.sessionId)}/disconnect`, { reason: "x" })).status).toBe(204);
    expect((await agent.closing()).code).toBe(4403);
  });

  it("ends a session over HTTP: whoever uses it later finds none", async () => {
    const agent = await shakeHands(await issueKey(["observer"]));

    expect((await post(MIRA, `${path(agent.sessionId)}/disconnect`, { reason: "x" })).status).toBe(204);
    expect((await agent.open("tools/list")).status).toBe(404);
  });

  it("has nothing to end where there are single requests", async () => {
    const agent = new ModernClient(await issueKey(["observer"]));
    await agent.tool("quota.get");
    const id = `principal:${agent.principal}`;

    const response = await post(MIRA, `${path(id)}/disconnect`, { reason: "x" });

    expect([response.status, (await problem(response)).detail]).toEqual([409, expect.stringMatching(/revoke the key/)]);
  });
});

describe("stepping in", () => {
  const attempts: readonly (readonly [string, Person, object, number])[] = [
    ["by somebody whose roles do not allow it", KIM, { reason: "x" }, 403],
    ["by a program, whatever it holds (attack 16)", { email: "ops.access" }, { reason: "x" }, 403],
    ["without a reason", MIRA, { reason: "  " }, 400],
    ["with more than is asked for", MIRA, { reason: "x", force: true }, 400],
    ["by another page (attack 74)", { ...MIRA, headers: { origin: "https://evil.example" } }, { reason: "x" }, 403],
    ["without what /me said (attack 74)", { ...MIRA, headers: { "x-gatehouse-csrf": "" } }, { reason: "x" }, 403],
  ];

  it.each(attempts)("%s does nothing: %#", async (_what, person, body, status) => {
    const agent = await connect();

    const response = await post(person, `${path(agent.sessionId)}/disconnect`, body);

    expect(response.status).toBe(status);
    expect((await mine(agent)).total).toBe(1);
  });

  it("is refused on record where the roles do not allow it", async () => {
    const agent = await connect();

    await post(KIM, `${path(agent.sessionId)}/disconnect`, { reason: "x" });

    expect(await notes(agent.sessionId)).toMatchObject([
      { action: "session.disconnected", decision: "refused", reason: "permission_denied" },
    ]);
  });

  it("is not done where it cannot be written down", async () => {
    const agent = await connect();
    await inJournal("alter table journal rename to journal_away");

    const response = await post(MIRA, `${path(agent.sessionId)}/disconnect`, { reason: "x" });
    await inJournal("alter table journal_away rename to journal");

    expect(response.status).toBe(503);
    expect((await problem(response)).reason).toBe("audit_backpressure");
    expect(await agent.call("mcp.tools.list")).toHaveProperty("result");
    expect(agent.closed).toBeUndefined();
  });
});
