// The console's tools and policy in the real Worker: what there is, calling it as oneself, and what would become of a call.

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { PolicyView, RawAnswer, Simulation, ToolCatalogue } from "../../src/http/console/contract/tools.ts";
import { ProblemAnswer } from "../../src/http/console/contract.ts";
import { KIM, post, read } from "./approvers.ts";
import { modern, recordsIn } from "./mcp-client.ts";
import { breakdown, forget, issueKey, revoke, sql, asked } from "./world.ts";
import type { Person } from "./approvers.ts";

const MIRA: Person = { email: "mira@example.com" };
const OPS: Person = { email: "ops.access" };
const CI: Person = { email: "ci.access" };

beforeAll(async () => {
  await sql("select 1");
}, 60_000);

afterEach(async () => {
  await breakdown({});
  await env.CATALOGUE.getByName("deployment").change("ctx.get", {});
});

const problem = async (response: Response) => ProblemAnswer().parse(await response.json());
const session = (person: Person) => env.SESSION.getByName(`console:access:${person.email}`);
const native = (name: string, args: object = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id: "page-1", method: "mcp.tools.call", params: { name, args } });
const call = (person: Person, message: string) => post(person, "/tools/call", { message });
const answer = async (response: Response) => {
  const raw = RawAnswer().parse(await response.json());
  const message: unknown = JSON.parse(raw.message);
  return { ...raw, message };
};

describe("the catalogue of tools", () => {
  it("shows every tool as it is set, and whether whoever looks may call it", async () => {
    await env.CATALOGUE.getByName("deployment").change("ctx.get", { enabled: false });

    const { tools, clusters, policy_version } = ToolCatalogue().parse(await (await read(MIRA, "/tools")).json());

    const find = (name: string) => tools.find((tool) => tool.name === name);
    expect(clusters).toEqual(["demo"]);
    expect(policy_version).toMatch(/^[0-9a-f]{12}$/);
    expect(find("ctx.get")).toMatchObject({
      enabled: false,
      mine: { may_call: false, why: expect.stringMatching(/off/) },
    });
    expect(find("k8s.list_pods")).toMatchObject({
      effect: "read",
      requires: "k8s:read",
      input_schema: { type: "object", properties: { namespace: {} } },
      mine: { may_call: false, why: expect.stringMatching(/needs k8s:read/) },
    });
    expect(find("tools.configure")?.mine.may_call).toBe(true);
    expect(tools.some(({ name }) => name === "runbook.act")).toBe(false);
  });

  it("is for people", async () => {
    expect((await read(OPS, "/tools")).status).toBe(403);
  });
});

describe("calling a tool as oneself", () => {
  it("is an agent's call in all but where it comes from", async () => {
    const answered = await answer(await call(KIM, native("runbook.list")));

    expect(answered).toMatchObject({
      message: { jsonrpc: "2.0", id: "page-1", result: { runbooks: expect.any(Array) } },
      took_ms: expect.any(Number),
      session_id: "console:access:kim@example.com",
    });
    expect((await recordsIn(session(KIM))).at(-1)).toMatchObject({
      action: "tool.call",
      tool: "runbook.list",
      actor_id: "access:kim@example.com",
      actor_type: "human",
      session_id: "console:access:kim@example.com",
    });
  });

  it("speaks both dialects of MCP as well", async () => {
    const params = { name: "quota.get", arguments: {} };
    const plain = { jsonrpc: "2.0", id: 1, method: "tools/call", params };

    const handshake = await answer(await call(KIM, JSON.stringify(plain)));
    const newest = await answer(await call(KIM, JSON.stringify(modern({ id: 2, method: "tools/call", params }))));

    expect(handshake.message).toMatchObject({ id: 1, result: { content: [{ type: "text" }] } });
    expect(newest.message).toMatchObject({ id: 2, result: { resultType: "complete", structuredContent: {} } });
  });

  it("gives no more than one's own roles do, and that is on record", async () => {
    const { message } = await answer(await call(MIRA, native("k8s.list_pods", { namespace: "shop" })));

    expect(message).toMatchObject({ error: { code: 40300, data: { reason: "permission_denied" } } });
    expect((await recordsIn(session(MIRA))).at(-1)).toMatchObject({ decision: "refused", reason: "permission_denied" });
  });

  it("counts against the same limits as any session's", async () => {
    await env.CATALOGUE.getByName("deployment").change("ctx.get", { rate_limit: "1/hour" });
    const get = () => call(KIM, native("ctx.get", { key: "none" }));
    await get();

    expect((await answer(await get())).message).toMatchObject({ error: { data: { reason: "rate_limited" } } });
  });

  it.each([
    ["several at once", `[${native("quota.get")}]`],
    ["a notification", JSON.stringify({ jsonrpc: "2.0", method: "mcp.tools.call", params: { name: "quota.get" } })],
    ["another method", JSON.stringify({ jsonrpc: "2.0", id: 1, method: "mcp.auth.refresh", params: { name: "x" } })],
    ["a tool's own name as the method", JSON.stringify({ jsonrpc: "2.0", id: 1, method: "quota.get", params: {} })],
    ["a handshake", JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { name: "x" } })],
    ["no JSON", "quota.get"],
    ["nothing", ""],
  ])("is nothing else: %s", async (_what, message) => {
    const response = await call(KIM, message);

    expect(response.status).toBe(400);
    expect((await problem(response)).detail).toMatch(/one JSON-RPC request/);
  });

  it("has bounds", async () => {
    expect((await call(KIM, native("ctx.set", { key: "k", value: "x".repeat(64 * 1_024) }))).status).toBe(400);
    expect((await call(KIM, "\u0001".repeat(200_000))).status).toBe(413);
    const long = native("ctx.set", { key: "k", value: "\u0001".repeat(8_000) });
    expect((await answer(await call(KIM, long))).message).toMatchObject({ id: "page-1" });
  });

  it.each([
    ["by a program", OPS],
    ["by another page (attack 74)", { ...KIM, headers: { origin: "https://evil.example" } }],
    ["without what /me said (attack 74)", { ...KIM, headers: { "x-gatehouse-csrf": "" } }],
  ])("is not done %s", async (_who, person) => {
    expect((await call(person, native("quota.get"))).status).toBe(403);
  });
});

describe("the policy", () => {
  it("is shown with every role, permissions spelt out", async () => {
    const view = PolicyView().parse(await (await read(MIRA, "/policy")).json());

    expect(view.roles.find(({ name }) => name === "platform-observer")?.grants[0]).toEqual({
      permissions: ["k8s:read", "k8s:nodes", "prometheus:query", "prometheus:admin", "logs:read"],
      clusters: ["*"],
      namespaces: ["*"],
    });
    expect(view.quotas.default).toBe("600/minute, 10000/hour, 100000/day");
    expect((await read(KIM, "/policy")).status).toBe(403);
  });
});

describe("a simulation", () => {
  const simulate = (person: Person, body: object) => post(person, "/policy/simulate", body);
  const simulated = async (person: Person, body: object) =>
    Simulation().parse(await (await simulate(person, body)).json());
  const pods = { tool: "k8s.list_pods", namespace: "shop" };

  it("about oneself is anybody's who is a person", async () => {
    const said = await simulated(KIM, { who: { by: "me" }, ...pods });

    expect(said).toMatchObject({ allowed: false, why: expect.stringMatching(/needs k8s:read/), grants: [] });
    expect((await simulate(CI, { who: { by: "me" }, ...pods })).status).toBe(403);
  });

  it("about roles says what they give, and why", async () => {
    const said = await simulated(MIRA, { who: { by: "roles", kind: "agent", roles: ["shop-observer"] }, ...pods });

    expect(said).toMatchObject({
      allowed: true,
      why: "The role shop-observer grants k8s:read in the namespaces shop, shop-* of every cluster.",
      grants: [{ role: "shop-observer", namespaces: ["shop", "shop-*"] }],
    });
  });

  it("about a key looks it up, and leaves no trace of use", async () => {
    const key = await issueKey(["observer"]);
    const who = { by: "key", key_id: key.token.slice(4, 20) };

    expect(await simulated(MIRA, { who, ...pods })).toMatchObject({ allowed: true });
    expect(await sql(`select last_used_at from api_keys where key_id = '${who.key_id}'`)).toEqual([
      { last_used_at: null },
    ]);
    await revoke(key);
    const said = await simulated(MIRA, { who, ...pods });
    expect(said).toMatchObject({ allowed: false, why: expect.stringMatching(/was revoked at/) });
    await sql(`update api_keys set revoked_at = null, expires_at = now() where key_id = '${who.key_id}'`);
    expect((await simulated(MIRA, { who, ...pods })).why).toMatch(/expired at/);
  });

  it("runs nothing", async () => {
    await forget();

    await simulated(MIRA, { who: { by: "roles", kind: "agent", roles: ["observer"] }, ...pods });

    expect(await asked("cluster")).toEqual([]);
  });

  it.each([
    ["others, by somebody who may not look at them", KIM, { by: "roles", kind: "agent", roles: ["observer"] }, 403],
    ["a key, by somebody who may not look at them", KIM, { by: "key", key_id: "x" }, 403],
    ["a key that is none", MIRA, { by: "key", key_id: "x\u0000" }, 404],
    ["a role that is none", MIRA, { by: "roles", kind: "agent", roles: ["root"] }, 400],
    ["nobody", MIRA, { by: "name" }, 400],
    [
      "oneself, by another page (attack 74)",
      { ...KIM, headers: { origin: "https://evil.example" } },
      { by: "me" },
      403,
    ],
  ])("about %s is refused", async (_what, person, who, status) => {
    expect((await simulate(person, { who, ...pods })).status).toBe(status);
  });
});
