// Tickets: for clients that cannot send a header with their upgrade. One socket each, within half a minute, told to no one.

import { env, exports } from "cloudflare:workers";
import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { assertion, mint } from "./tokens.ts";
import { address, Agent, breakdown, eventually, HOST, issueKey, pass, Peer, requireSocket } from "./world.ts";
import { revoke, upgrade } from "./world.ts";
import type { Key } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await breakdown({});
});

const ORIGIN = "https://console.test";
const sessions = async () => (await listDurableObjectIds(env.SESSION)).length;
const Issued = z.strictObject({ ticket: z.string(), expires_in: z.literal(30), subprotocol: z.string() });

function ask(headers: Readonly<Record<string, string>>, path = "/tickets"): Promise<Response> {
  const from = { "cf-connecting-ip": address() };
  return exports.default.fetch(`${HOST}${path}`, { method: "POST", headers: { ...from, ...headers } });
}

async function ticketFor({ token }: Key, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await ask({ authorization: `Bearer ${token}`, ...headers });
  const { ticket, subprotocol } = Issued.parse(await response.json());
  expect(subprotocol).toBe(`ticket.${ticket}`);
  return ticket;
}

const use = (ticket: string, headers: Readonly<Record<string, string>> = {}, offered = "mcp") =>
  upgrade({
    "cf-connecting-ip": address(),
    "sec-websocket-protocol": `${offered === "" ? "" : `${offered}, `}ticket.${ticket}`,
    ...headers,
  });

/** The object that the ticket names. */
const objectOf = (ticket: string) => {
  const statement: unknown = JSON.parse(atob((ticket.split(".")[0] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
  return env.SESSION.getByName(z.object({ sessionId: z.string() }).parse(statement).sessionId);
};

describe("POST /tickets", () => {
  it("gives one to a key, a token and an assertion of Access", async () => {
    const { token } = await issueKey(["agent"]);

    const responses = await Promise.all([
      ask({ authorization: `Bearer ${token}` }),
      ask({ authorization: `Bearer ${await mint()}` }),
      ask({ "cf-access-jwt-assertion": await assertion({ email: "mira@example.com" }), origin: ORIGIN }),
    ]);

    for (const response of responses) {
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("no-store");
      Issued.parse(await response.json());
    }
  });

  it.each([
    ["nobody", {}, 401],
    ["a key that is none", { authorization: "Bearer junk" }, 401],
    ["an origin that is not allowed", { origin: "https://evil.test" }, 403],
    ["a cookie without an origin", { cookie: "CF_Authorization=x" }, 403],
  ])("gives none to %s, and makes no object", async (_who, headers, status) => {
    const before = await sessions();

    expect((await ask(headers)).status).toBe(status);
    expect(await sessions()).toBe(before);
  });

  it("gives none for a credential in the address (attack 11)", async () => {
    const { token } = await issueKey(["agent"]);

    expect((await ask({}, `/tickets?access_token=${token}`)).status).toBe(400);
  });

  it("can be asked by a page of an allowed origin, and by no other", async () => {
    const preflight = (origin: string) =>
      exports.default.fetch(`${HOST}/tickets`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });

    const [allowed, other] = await Promise.all([preflight(ORIGIN), preflight("https://evil.test")]);

    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization");
    expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
    expect(other.status).toBe(403);
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a ticket", () => {
  it("opens the session of its principal, and the answer names the dialect and nothing else (attack 13)", async () => {
    const key = await issueKey(["agent"]);
    const ticket = await ticketFor(key, { origin: ORIGIN });

    const response = await use(ticket, { origin: ORIGIN }, "gatehouse.native.v1, mcp");
    const agent = new Agent(requireSocket(response), key, {});

    expect(response.headers.get("sec-websocket-protocol")).toBe("gatehouse.native.v1");
    expect(JSON.stringify([...response.headers])).not.toContain(ticket);
    expect(await agent.notified("mcp.session")).toMatchObject({ params: { principal: { id: key.principal } } });
    expect(await agent.call("ctx.get", { key: "a" })).toHaveProperty("result");
  });

  it("may stand in the address for a client that can write nothing else", async () => {
    const key = await issueKey(["agent"]);
    const ticket = await ticketFor(key);

    const response = await upgrade({ "cf-connecting-ip": address() }, `${HOST}/mcp?ticket=${ticket}`);

    expect(response.status).toBe(101);
    expect(response.headers.get("sec-websocket-protocol")).toBeNull();
    const agent = new Agent(requireSocket(response), key, {});
    expect(await agent.notified("mcp.session")).toMatchObject({ params: { principal: { id: key.principal } } });
  });

  it.each([
    ["at once", false],
    ["after its session slept", true],
  ])("is used up by its first use: a second one %s is refused (attack 12)", async (_when, sleeps) => {
    const key = await issueKey(["agent"]);
    const ticket = await ticketFor(key);
    const agent = new Agent(requireSocket(await use(ticket, {}, "gatehouse.native.v1")), key, {});
    await agent.notified("mcp.session");
    if (sleeps) await agent.sleep();

    const again = await use(ticket);

    expect(again.status).toBe(401);
    expect(again.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(await again.json()).toMatchObject({ reason: "unauthenticated", detail: expect.stringContaining("used") });
    expect(await agent.call("ctx.get", { key: "a" })).toHaveProperty("result");
  });

  it("lets one in of many that come with it at the same moment (attack 12)", async () => {
    const ticket = await ticketFor(await issueKey(["agent"]));

    const responses = await Promise.all(Array.from({ length: 8 }, () => use(ticket)));

    expect(responses.map(({ status }) => status).toSorted()).toEqual([101, ...Array<number>(7).fill(401)]);
    for (const { webSocket } of responses) webSocket?.accept();
  });

  it("stays used when its session has ended and nothing else of it is left, until it could not be believed", async () => {
    pass(0);
    const key = await issueKey(["agent"]);
    const ticket = await ticketFor(key);
    const agent = new Agent(requireSocket(await use(ticket, {}, "gatehouse.native.v1")), key, {});
    await agent.notified("mcp.session");
    await agent.call("ctx.get", { key: "a" });
    const object = agent.object;
    agent.socket.close(1000);
    await agent.closing();
    await eventually(() => runDurableObjectAlarm(object));

    pass(29_000);
    expect((await use(ticket)).status).toBe(401);
    pass(40_000);
    await runDurableObjectAlarm(object);

    const left = await runInDurableObject(object, async (_, { storage }) => ({
      mark: Array.from(storage.kv.list()),
      alarm: await storage.getAlarm(),
      journal: Array.from(storage.sql.exec("select name from sqlite_master where name = 'journal'")),
    }));
    expect(left).toEqual({ mark: [], alarm: null, journal: [] });
  });

  it.each([
    ["another origin", { origin: ORIGIN }, { origin: "https://evil.test" }, 403],
    ["no origin at all", { origin: ORIGIN }, {}, 401],
    ["an origin where it was given to none", {}, { origin: ORIGIN }, 401],
  ])("is of no use to %s (attack 12)", async (_what, asked, used, status) => {
    const ticket = await ticketFor(await issueKey(["agent"]), asked);
    const before = await sessions();

    expect((await use(ticket, used)).status).toBe(status);
    expect(await sessions()).toBe(before);
  });

  it("that has expired, or that nobody gave, reaches no object (attack 12)", async () => {
    pass(0);
    const ticket = await ticketFor(await issueKey(["agent"]));
    const before = await sessions();
    pass(30_000);

    for (const one of [ticket, `${ticket.slice(0, -1)}_`, `e30.${"A".repeat(43)}`]) {
      expect((await use(one)).status).toBe(401);
    }
    expect(await sessions()).toBe(before);
  });

  it("does not outlive its key: the session is asked like any other", async () => {
    pass(0);
    const key = await issueKey(["agent"]);
    const ticket = await ticketFor(key);
    await revoke(key);

    const agent = new Agent(requireSocket(await use(ticket, {}, "gatehouse.native.v1")), key, {});
    await agent.notified("mcp.session");
    pass(30_000);

    expect(await agent.call("ctx.get", { key: "a" })).toMatchObject({ error: { code: 40100 } });
    expect(await agent.closing()).toMatchObject({ code: 4401 });
  });

  it.each([
    ["beside no dialect: a browser would close at once", (ticket: string) => use(ticket, {}, "")],
    ["beside another dialect", (ticket: string) => use(ticket, {}, "graphql-ws")],
    ["twice", (ticket: string) => use(`${ticket}, ticket.${ticket}`)],
  ])("is refused %s, and is not used up", async (_how, offer) => {
    const ticket = await ticketFor(await issueKey(["agent"]));

    const refused = await offer(ticket);

    expect(refused.status).toBe(400);
    expect(await refused.text()).not.toContain(ticket);
    const used = await use(ticket);
    expect(used.status).toBe(101);
    requireSocket(used).accept();
  });

  it("that found its session closed for repairs can be used again", async () => {
    const ticket = await ticketFor(await issueKey(["agent"]));
    const catalogue = env.CATALOGUE.getByName("deployment");
    const rename = (from: string, to: string) =>
      runInDurableObject(catalogue, (_, { storage }) => void storage.sql.exec(`alter table ${from} rename to ${to}`));
    await rename("settings", "gone");
    const refused = await use(ticket);
    await rename("gone", "settings");

    expect(refused.status).toBe(503);
    const opened = await use(ticket);
    expect(opened.status).toBe(101);
    requireSocket(opened).accept();
  });

  it("stands in no log line and in no row of the audit log (attack 13)", async () => {
    const lines = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
    const key = await issueKey(["agent"]);
    const ticket = await ticketFor(key);
    const agent = new Agent(requireSocket(await use(ticket, {}, "gatehouse.native.v1")), key, {});
    await agent.notified("mcp.session");
    await use(ticket);
    await upgrade({ "cf-connecting-ip": address() }, `${HOST}/mcp?ticket=${ticket}`);
    await agent.call("ctx.get", { key: "a" });
    await agent.drain();

    const told = JSON.stringify([lines.map(({ mock }) => mock.calls), await agent.logged(), await agent.journal()]);

    expect(told).toContain("door.refused");
    expect(told).not.toContain(ticket.split(".")[1]);
    expect(told).not.toContain(ticket.slice(0, 60));
  });

  it("has an alarm set that forgets its use, as soon as it is used", async () => {
    pass(0);
    const ticket = await ticketFor(await issueKey(["agent"]));
    const socket = requireSocket(await use(ticket));
    socket.accept();
    const object = objectOf(ticket);

    expect(await runInDurableObject(object, (_, { storage }) => storage.getAlarm())).toBe(Date.now() + 60_000);
  });
});

describe("a socket of the standard dialect", () => {
  it("is not greeted in the native one, with a credential or without", async () => {
    const { token } = await issueKey(["agent"]);
    const offer = { "sec-websocket-protocol": "mcp" };
    const responses = await Promise.all([
      upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address(), ...offer }),
      upgrade({ "cf-connecting-ip": address(), ...offer }),
    ]);

    for (const response of responses) {
      expect(response.headers.get("sec-websocket-protocol")).toBe("mcp");
      const peer = new Peer(requireSocket(response));
      await peer.call("mcp.tools.list");
      expect(peer.messages.map(({ method }) => method)).toEqual([undefined]);
    }
  });

  it("is not told in the native one that the tools have changed", async () => {
    const { token } = await issueKey(["administrator"]);
    const response = await upgrade({
      authorization: `Bearer ${token}`,
      "cf-connecting-ip": address(),
      "sec-websocket-protocol": "mcp",
    });
    const peer = new Peer(requireSocket(response));

    await peer.call("tools.configure", { tool: "ctx.get", enabled: false });
    await peer.call("tools.configure", { tool: "ctx.get" });

    expect(peer.messages.map(({ method }) => method)).toEqual([undefined, undefined]);
  });

  it("hears of no dialect that it did not offer", async () => {
    const response = await upgrade({ "cf-connecting-ip": address(), "sec-websocket-protocol": "graphql-ws" });

    expect(response.headers.get("sec-websocket-protocol")).toBeNull();
    requireSocket(response).accept();
  });
});
