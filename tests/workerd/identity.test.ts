// Sessions of access tokens and of Cloudflare Access: who they are, how they end with their token, and how they go on.

import { env, exports } from "cloudflare:workers";
import { evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ACCESS_TEAM, ISSUER, RESOURCE } from "./identities.ts";
import { assertion, connectWithToken, mint } from "./tokens.ts";
import { address, asked, breakdown, eventually, forget, HOST, issueKey, pass, Peer, refusal } from "./world.ts";
import { requireSocket, upgrade } from "./world.ts";
import type { Agent } from "./world.ts";

// Whatever is outside takes longer to start than an issuer is waited for.
beforeAll(forget);

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const sessions = async () => (await listDurableObjectIds(env.SESSION)).length;
const knock = (headers: Readonly<Record<string, string>>) => upgrade({ "cf-connecting-ip": address(), ...headers });
const METADATA = `resource_metadata="${HOST}/.well-known/oauth-protected-resource/mcp"`;

describe("an access token at the door", () => {
  it("opens a session of its provider's principal, with the roles the provider's claims mean here", async () => {
    const token = await mint({ subject: "bot-7", roles: ["shop-observer", "root"], claims: { act: { sub: "mira" } } });

    const agent = await connectWithToken(token);

    expect(await agent.notified("mcp.session")).toMatchObject({
      params: { principal: { id: "okta:bot-7", kind: "agent", roles: ["shop-observer"], on_behalf_of: "mira" } },
    });
    await agent.call("k8s.list_pods", { namespace: "shop" });
    await agent.drain();
    expect(await agent.logged()).toMatchObject([
      { actor_id: "okta:bot-7", on_behalf_of: "mira", key_id: null, outcome: "ok" },
    ]);
  });

  it.each([
    ["for another audience", { aud: "https://other.test" }, "unauthenticated"],
    ["for us and another", { aud: [RESOURCE, "https://other.test"] }, "unauthenticated"],
    ["of another issuer", { iss: "https://evil.test" }, "unauthenticated"],
    ["that has expired", { exp: 1 }, "token_expired"],
    ["of a subject that is no name", { sub: "a b" }, "unauthenticated"],
  ])("%s is refused with the way to a good one, and makes no object (attack 5)", async (_what, claims, reason) => {
    const before = await sessions();

    const response = await knock({ authorization: `Bearer ${await mint({ claims })}` });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer realm="gatehouse", error="invalid_token", ${METADATA}, scope="k8s:read prometheus:query logs:read"`,
    );
    expect(await response.json()).toMatchObject({ reason });
    expect(await sessions()).toBe(before);
  });

  it("that is no bearer token at all is challenged without an error code (RFC 6750 §3.1)", async () => {
    const response = await knock({ authorization: "Basic dXNlcjpwYXNz" });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain(METADATA);
    expect(response.headers.get("www-authenticate")).not.toContain("error=");
  });

  it("cannot be checked while its issuer is down and its keys are too old: try again later (attack 8)", async () => {
    pass(0);
    await connectWithToken(await mint());
    pass(601_000);
    await breakdown({ identity: "down" });
    const token = await mint();

    const refused = await knock({ authorization: `Bearer ${token}` });
    await breakdown({});
    pass(5_000);
    const opened = await knock({ authorization: `Bearer ${token}` });

    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ reason: "upstream_unavailable" });
    expect(opened.status).toBe(101);
    requireSocket(opened).accept();
  });

  it("asks its issuer once, however many connect", async () => {
    pass(700_000);
    await forget();

    for (let agent = 0; agent < 5; agent++) await connectWithToken(await mint());

    expect((await asked("identity")).length).toBeLessThanOrEqual(2);
  });
});

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: the session of a token", (_, sleeps) => {
  const connect = async (wanted: Parameters<typeof mint>[0]): Promise<Agent> =>
    connectWithToken(await mint(wanted), { sleeps });

  it("is closed when the token expires, though nobody calls (attack 17)", async () => {
    pass(0);
    const agent = await connect({ expiresInS: 60 });
    await agent.settle();

    pass(64_000);
    await agent.drain();
    expect(agent.closed).toBeUndefined();
    await agent.settle();
    pass(2_000);
    await agent.drain();

    expect(await agent.closing()).toMatchObject({ code: 4401 });
  });

  it("answers a call after that with token_expired, and is closed (attack 17)", async () => {
    pass(0);
    const agent = await connect({ expiresInS: 60 });

    pass(66_000);

    expect(await agent.call("ctx.get", { key: "a" })).toMatchObject(refusal(40101, "token_expired"));
    expect(await agent.closing()).toMatchObject({ code: 4401 });
  });

  it("has one alarm, at that moment, also after its journal has drained", async () => {
    pass(0);
    const agent = await connect({ expiresInS: 600 });
    const expiry = (Math.floor(Date.now() / 1_000) + 605) * 1_000;
    expect(await agent.alarmAt()).toBe(expiry);

    await agent.call("ctx.get", { key: "a" });
    expect(await agent.alarmAt()).toBe(Date.now() + 60_000);
    await agent.settle();
    await agent.drain();

    expect(await agent.alarmAt()).toBe(expiry);
    expect(await agent.logged()).toHaveLength(1);
  });

  it("goes on with a refreshed token, and says so in its journal", async () => {
    pass(0);
    const agent = await connect({ subject: "bot-refresh", expiresInS: 60 });

    const refreshed = await agent.call("mcp.auth.refresh", {
      token: await mint({ subject: "bot-refresh", roles: ["agent"], expiresInS: 600 }),
    });
    await agent.settle();
    pass(66_000);
    await agent.drain();

    expect(refreshed).toMatchObject({ result: { refreshed: true } });
    expect(agent.closed).toBeUndefined();
    expect(await agent.call("ctx.get", { key: "a" })).toHaveProperty("result");
    expect(await agent.call("k8s.list_pods", { namespace: "shop" })).toMatchObject(refusal(40300, "permission_denied"));
    expect(await agent.logged()).toMatchObject([{ action: "auth.refresh", actor_id: "okta:bot-refresh" }]);
    pass(600_000);
    await agent.drain();
    expect(await agent.closing()).toMatchObject({ code: 4401 });
  });

  it("does not change hands: a token of somebody else is refused", async () => {
    const agent = await connect({});

    expect(await agent.call("mcp.auth.refresh", { token: await mint({ subject: "other" }) })).toMatchObject(
      refusal(40300, "permission_denied"),
    );
    expect(await agent.call("mcp.auth.refresh", { token: (await issueKey(["administrator"])).token })).toMatchObject(
      refusal(40300, "permission_denied"),
    );
  });

  it("can do what the roles and the token's scopes both allow, and is told which scope it lacks", async () => {
    const agent = await connect({ roles: ["observer"], scope: "openid k8s:read keys:admin" });

    expect(await agent.call("k8s.list_pods", { namespace: "shop" })).toHaveProperty("result");
    expect(await agent.call("logs.search", { namespace: "shop" })).toMatchObject(
      refusal(40300, "permission_denied", { requiredScopes: ["logs:read"] }),
    );
    expect(await agent.call("tools.configure", { tool: "ctx.get" })).toMatchObject(
      refusal(40300, "permission_denied", { requiredPermission: "keys:admin" }),
    );
    expect((await agent.journal()).at(-1)?.record).toMatchObject({ outcome: "refused", reason: "permission_denied" });
  });
});

it("lets a call finish that began before the token expired, and only then is closed (attack 17)", async () => {
  pass(0);
  const agent = await connectWithToken(await mint({ expiresInS: 60 }));
  await forget();
  await breakdown({ cluster: "hangs" });
  const running = agent.request("k8s.list_pods", { namespace: "shop" });
  await eventually(async () => (await asked("cluster")).length === 1);

  pass(66_000);
  await agent.drain();
  expect(agent.closed).toBeUndefined();
  await breakdown({});

  expect(await agent.reply(running)).toMatchObject(refusal(50300, "upstream_unavailable"));
  expect(await agent.closing()).toMatchObject({ code: 4401 });
  await eventually(async () => (await agent.journal()).length === 1);
});

it("costs an idle session nothing but its one alarm", async () => {
  const agent = await connectWithToken(await mint());
  await agent.sleep();

  for (let beat = 0; beat < 5; beat++) agent.sendText("ping");
  await agent.until(() => (agent.received.filter((text) => text === "pong").length === 5 ? true : undefined));

  await expect(evictDurableObject(agent.object)).rejects.toThrow(/not .*running/);
});

describe("Cloudflare Access", () => {
  const HEADER = "cf-access-jwt-assertion";
  const open = async (claims: object, more: Readonly<Record<string, string>> = {}) =>
    knock({ [HEADER]: await assertion({ ...claims }), ...more });

  it("brings a person, from the console's own origin", async () => {
    const cookie = { cookie: "CF_Authorization=x", origin: "https://console.test" };

    const peer = new Peer(requireSocket(await open({ email: "mira@example.com" }, cookie)));

    expect(await peer.notified("mcp.session")).toMatchObject({
      params: { principal: { id: "access:mira@example.com", kind: "human", roles: ["administrator"] } },
    });
  });

  it("brings an agent where the assertion is a service token's (attack 16)", async () => {
    const peer = new Peer(requireSocket(await open({ common_name: "e3.access", email: "mira@example.com" })));

    expect(await peer.notified("mcp.session")).toMatchObject({
      params: { principal: { id: "access:e3.access", kind: "agent", roles: ["observer"] } },
    });
  });

  it.each([
    ["for another application", () => assertion({ email: "mira@example.com", aud: ["other"] })],
    ["of another team", () => assertion({ email: "mira@example.com", iss: "https://evil.access.test" })],
    ["that our own issuer signed", () => mint({ claims: { iss: ACCESS_TEAM, email: "mira@example.com" } })],
    ["that is no token", () => Promise.resolve("mira@example.com")],
  ])("%s vouches for nobody (attack 15)", async (_what, make) => {
    const before = await sessions();

    const response = await knock({ [HEADER]: await make() });

    expect(response.status).toBe(401);
    expect(await sessions()).toBe(before);
  });

  it("is not read from the cookie, which any page can have sent (attack 15)", async () => {
    const cookie = `CF_Authorization=${await assertion({ email: "mira@example.com" })}`;

    const peer = new Peer(requireSocket(await knock({ cookie, origin: "https://console.test" })));

    expect(await peer.notified("mcp.session")).toMatchObject({ params: { principal: { kind: "anonymous" } } });
  });

  it("opens no socket for a cookie whose page does not say where it is from (attack 14)", async () => {
    const response = await open({ email: "mira@example.com" }, { cookie: "CF_Authorization=x" });

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ reason: "origin_not_allowed" });
  });
});

it.each(["", "/mcp"])(
  "the protected-resource metadata%s says where tokens come from, and for what (RFC 9728)",
  async (path) => {
    const response = await exports.default.fetch(`${HOST}/.well-known/oauth-protected-resource${path}`);

    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      scopes_supported: ["k8s:read", "prometheus:query", "logs:read"],
      bearer_methods_supported: ["header"],
      resource_name: "Gatehouse",
    });
  },
);
