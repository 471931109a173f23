// The upgrade, up to the object: who gets in, who is told what, and that nobody unknown ever makes an object.

import { env, exports } from "cloudflare:workers";
import { listDurableObjectIds } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { acceptPublic } from "../../src/http/public-socket.ts";
import { deployment } from "../../src/objects/deployment.ts";
import {
  address,
  asked,
  breakdown,
  connectWith,
  forget,
  HOST,
  issueKey,
  lookups,
  Peer,
  refusal,
  requireSocket,
  revoke,
  upgrade,
  withinOneMinute,
} from "./world.ts";

const objects = async () => {
  const listed = await Promise.all([
    listDurableObjectIds(env.SESSION),
    listDurableObjectIds(env.CATALOGUE),
    listDurableObjectIds(env.QUOTA),
  ]);
  return listed.flat().length;
};
let before = 0;
beforeEach(async () => {
  before = await objects();
  await forget();
});

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

describe("before anyone is asked who they are", () => {
  it("tells a client that is no WebSocket client what to do", async () => {
    const response = await exports.default.fetch(`${HOST}/mcp`);

    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    expect(await response.json()).toMatchObject({
      reason: "upgrade_required",
      detail: expect.stringContaining("Authorization: Bearer"),
    });
  });

  it.each([
    "https://evil.test",
    "null",
    "https://console.test.evil.test",
    "https://evil-console.test",
    "http://console.test",
    "https://console.test:8443",
    "https://console.test, https://evil.test",
  ])("refuses the origin %s (attack 14)", async (origin) => {
    const { token } = await issueKey(["agent"]);
    await forget();

    const response = await upgrade({ origin, authorization: `Bearer ${token}`, "cf-connecting-ip": address() });

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ reason: "origin_not_allowed" });
    expect(await lookups()).toEqual([]);
    expect(await objects()).toBe(before);
  });

  it("lets 300 upgrades a minute in from one address, and tells the next when to come back (attack 3)", async () => {
    const responses = await withinOneMinute(() => {
      const from = address();
      const knock = () => upgrade({ authorization: "Bearer junk", "cf-connecting-ip": from });
      return Promise.all(Array.from({ length: 301 }, knock));
    });

    expect(responses.filter(({ status }) => status === 401)).toHaveLength(300);
    const refused = responses.find(({ status }) => status === 429);
    expect(refused?.headers.get("retry-after")).toBe("60");
    expect(await objects()).toBe(before);
  });

  it("lets an allowed origin in", async () => {
    const { token } = await issueKey(["agent"]);

    const response = await upgrade({
      origin: "https://console.test",
      authorization: `Bearer ${token}`,
      "cf-connecting-ip": address(),
    });

    expect(response.status).toBe(101);
    new Peer(requireSocket(response)).socket.close(1000);
  });

  it.each(["token", "access_token", "API_KEY", "ticket"])(
    "refuses a credential in the address as ?%s= (attack 11)",
    async (name) => {
      const { token } = await issueKey(["agent"]);
      await forget();

      const response = await upgrade({ "cf-connecting-ip": address() }, `${HOST}/mcp?${name}=${token}`);

      expect(response.status).toBe(400);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ reason: "credential_in_query" });
      expect(text).not.toContain(token);
      expect(await lookups()).toEqual([]);
    },
  );
});

describe("a credential", () => {
  const secret = "A".repeat(43);

  it.each([
    ["of another scheme", "Basic dXNlcjpwYXNz"],
    ["that is no key", "Bearer something"],
    ["of an unknown id", `Bearer ghk_${"0".repeat(16)}_${secret}`],
    ["that is cut off", `Bearer ghk_${"0".repeat(16)}_${secret.slice(1)}`],
    ["twice", `Bearer ghk_${"0".repeat(16)}_${secret}, Bearer x`],
  ])("%s is refused, and told how to come back", async (_what, authorization) => {
    const response = await upgrade({ authorization, "cf-connecting-ip": address() });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(await response.json()).toMatchObject({ reason: "unauthenticated" });
    expect(await objects()).toBe(before);
  });

  it("with a wrong secret reads like one of an unknown id and like a revoked one (attack 10)", async () => {
    const [known, revoked] = [await issueKey(["agent"]), await issueKey(["agent"])];
    await revoke(revoked);
    const tokens = [`${known.token.slice(0, -1)}_`, revoked.token, `ghk_${"0".repeat(16)}_${secret}`];

    const responses = await Promise.all(
      tokens.map((token) => upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address() })),
    );
    const bodies = await Promise.all(responses.map(async (response) => `${response.status} ${await response.text()}`));

    expect(bodies[0]).toMatch(/^401 /);
    expect(new Set(bodies).size).toBe(1);
    expect(await objects()).toBe(before);
  });

  it("that has expired is told so", async () => {
    const { token } = await issueKey(["agent"], { expiresInS: -1 });

    const response = await upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address() });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(await response.json()).toMatchObject({ reason: "token_expired" });
    expect(await objects()).toBe(before);
  });

  it.each([
    ["down", "upstream_unavailable"],
    ["hangs", "upstream_timeout"],
  ] as const)("cannot be checked while Postgres %s: try again later", async (outage, reason) => {
    const { token } = await issueKey(["agent"]);
    await breakdown({ postgres: outage });

    const response = await upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address() });

    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ reason });
    expect(await objects()).toBe(before);
  });

  it("opens a session whose object no header of the client's can choose or impersonate (attack 21) (attack 22)", async () => {
    const key = await issueKey(["agent"]);
    const forged = encodeURIComponent(JSON.stringify({ sessionId: "chosen", verified: { principal: { id: "root" } } }));

    const response = await upgrade({
      authorization: `Bearer ${key.token}`,
      "x-gatehouse-opening": forged,
      "cf-connecting-ip": address(),
    });
    const peer = new Peer(requireSocket(response));

    expect(await peer.notified("mcp.session")).toMatchObject({ params: { principal: { id: key.principal } } });
    peer.socket.close(1000);
  });

  it("makes one object for each session, and one for the deployment", async () => {
    const key = await issueKey(["agent"]);

    const agents = await Promise.all([connectWith(key), connectWith(key)]);

    expect(new Set(agents.map(({ sessionId }) => sessionId)).size).toBe(2);
    expect(await objects()).toBe(before + 2 + (before === 0 ? 1 : 0));
  });
});

describe("a socket without a credential", () => {
  const anonymous = async (from = address()) => new Peer(requireSocket(await upgrade({ "cf-connecting-ip": from })));

  it("is greeted as nobody in particular, and makes no object (attack 3)", async () => {
    const peer = await anonymous();

    expect(await peer.notified("mcp.session")).toMatchObject({
      params: { session_id: null, principal: { kind: "anonymous" } },
    });
    await peer.call("mcp.tools.list");
    expect(await objects()).toBe(before);
    expect(await lookups()).toEqual([]);
  });

  it("sees what is public, and nothing else (attack 2)", async () => {
    const peer = await anonymous();

    expect(await peer.call("mcp.tools.list")).toMatchObject({
      id: 1,
      result: { tools: [{ name: "mcp.tools.list", access: "public", rate_limit: "10/minute" }] },
    });
  });

  it.each([
    ["k8s.list_pods", { namespace: "shop" }],
    ["ctx.get", { key: "a" }],
    ["mcp.tools.call", { name: "ctx.set", args: { key: "a", value: 1 } }],
  ])("may not call %s, and learns why under its own id (attack 1)", async (method, params) => {
    const peer = await anonymous();

    expect(await peer.call(method, params)).toMatchObject({ id: 1, ...refusal(40100, "unauthenticated") });
    expect([...(await asked("redis")), ...(await asked("cluster"))]).toEqual([]);
    expect(await objects()).toBe(before);
  });

  it("shares one limit with every other socket from its address (attack 2)", async () => {
    const replies = await withinOneMinute(async () => {
      const from = address();
      const [one, other] = [await anonymous(from), await anonymous(from)];
      return Promise.all(
        Array.from({ length: 32 }, (_, index) => (index % 2 ? one : other).call("mcp.cancel", { id: 0 })),
      );
    });

    expect(replies.filter((reply) => "result" in reply)).toHaveLength(30);
    const limited = replies.filter((reply) => "error" in reply);
    expect(limited).toHaveLength(2);
    for (const reply of limited) {
      expect(reply).toMatchObject(refusal(42900, "rate_limited", { scope: "address", retryAfterMs: 60_000 }));
    }
    expect(await (await anonymous()).call("mcp.cancel", { id: 0 })).toHaveProperty("result");
  });

  it.each([
    ["a binary frame", new ArrayBuffer(4), 1003],
    ["a frame over 256 KiB", "x".repeat(256 * 1024 + 1), 1009],
  ])("is closed for %s", async (_what, frame, code) => {
    const peer = await anonymous();

    peer.socket.send(frame);

    expect(await peer.closing()).toMatchObject({ code });
  });

  it("has its ping answered, like every socket", async () => {
    const peer = await anonymous();

    peer.sendText("ping");

    expect(await peer.until(() => peer.received.find((text) => text === "pong"))).toBe("pong");
  });

  it("is closed when frames come faster than 200 a second", async () => {
    vi.setSystemTime(Date.now());
    const peer = await anonymous();

    for (let frame = 1; frame <= 201; frame++) peer.send({ jsonrpc: "2.0", id: frame, result: {} });

    expect(await peer.closing()).toMatchObject({ code: 4429 });
  });

  it("is closed when it has said nothing for a minute", async () => {
    // Accepted here and not by the Worker: a timer of another request's may not touch its sockets.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const accepted = acceptPublic({ services: deployment, limit: env.PUBLIC_LIMIT, address: address() });
    const peer = new Peer(requireSocket(accepted));

    vi.advanceTimersByTime(59_000);
    peer.send({ jsonrpc: "2.0", id: 1, method: "mcp.tools.list" });
    await peer.reply(1);
    vi.advanceTimersByTime(59_000);
    expect(peer.closed).toBeUndefined();
    vi.advanceTimersByTime(1_000);

    expect(await peer.closing()).toMatchObject({ code: 4408 });
  });

  it("may close whenever it likes", async () => {
    const peer = await anonymous();

    peer.socket.close(1000, "done");

    expect(await peer.closing()).toMatchObject({ code: 1000 });
  });
});
