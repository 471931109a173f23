// Who is asking, over POST /mcp: the attacks on identity that the upgrade withstands, one request each.

import { env, exports } from "cloudflare:workers";
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { importJWK, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { ACCESS_TEAM, ISSUER, ISSUER_KID, RESOURCE } from "./identities.ts";
import { assertion, mint } from "./tokens.ts";
import { address, asked, breakdown, eventually, forget, HOST, issueKey, lookups, pass } from "./world.ts";
import { refusal, sql } from "./world.ts";

beforeAll(forget);

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await breakdown({});
});

const FIRST_SCOPES = 'scope="k8s:read prometheus:query logs:read"';
const METADATA = `resource_metadata="${HOST}/.well-known/oauth-protected-resource/mcp"`;
const ACCESS_HEADER = "cf-access-jwt-assertion";
const ORIGIN = "https://console.test";
const sessions = async () => (await listDurableObjectIds(env.SESSION)).length;

type Headers = Readonly<Record<string, string>>;

function post(message: object, headers: Headers = {}, query = ""): Promise<Response> {
  return exports.default.fetch(`${HOST}/mcp${query}`, {
    method: "POST",
    headers: { "content-type": "application/json", "cf-connecting-ip": address(), ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }),
  });
}

const PODS = { method: "k8s.list_pods", params: { namespace: "shop" } };
const NODES = { method: "k8s.list_nodes" };
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const pods = async (token: string) => post(PODS, bearer(token));

const encode = (value: object) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A good token in all but its algorithm. */
async function misSigned(alg: string): Promise<string> {
  const [, payload = ""] = (await mint()).split(".");
  if (alg !== "HS256") return `${encode({ alg, kid: ISSUER_KID })}.${payload}.`;
  const { d: _, ...published } = z
    .looseObject({ d: z.string() })
    .parse(JSON.parse(z.string().parse(Reflect.get(env, "TEST_ISSUER_KEY"))));
  const secret = new TextEncoder().encode(JSON.stringify(published));
  const claims = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))));
  return new SignJWT(claims).setProtectedHeader({ alg, kid: ISSUER_KID }).sign(secret);
}

async function ofUnknownKey(): Promise<string> {
  const key = await importJWK(
    z.looseObject({ kty: z.string() }).parse(JSON.parse(z.string().parse(Reflect.get(env, "TEST_ISSUER_KEY")))),
    "ES256",
  );
  const nowS = Math.floor(Date.now() / 1_000);
  return new SignJWT({ iss: ISSUER, aud: RESOURCE, sub: "bot", iat: nowS, exp: nowS + 60 })
    .setProtectedHeader({ alg: "ES256", kid: crypto.randomUUID() })
    .sign(key);
}

describe("a token in a request", () => {
  it.each(["none", "NoNe", "HS256"])("of the algorithm %s proves nobody (attack 4)", async (alg) => {
    const before = await sessions();

    const response = await pods(await misSigned(alg));

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer realm="gatehouse", error="invalid_token", ${METADATA}, ${FIRST_SCOPES}`,
    );
    expect(await sessions()).toBe(before);
  });

  it.each([
    ["for another audience", { aud: "https://other.test" }, "unauthenticated"],
    ["for us and another", { aud: [RESOURCE, "https://other.test"] }, "unauthenticated"],
    ["of another issuer", { iss: "https://evil.test" }, "unauthenticated"],
    ["without an end", { exp: undefined }, "unauthenticated"],
    ["of nobody", { sub: undefined }, "unauthenticated"],
  ])("%s is refused and makes no object (attack 5)", async (_what, claims, reason) => {
    const before = await sessions();

    const response = await pods(await mint({ claims }));

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain(`error="invalid_token", ${METADATA}`);
    expect(await response.json()).toMatchObject({ reason });
    expect(await sessions()).toBe(before);
  });

  it.each([
    ["that ended 4 s ago", -4, {}, 200],
    ["that ended 6 s ago", -6, {}, 401],
    ["issued 4 s from now", 60, { iat: 4 }, 200],
    ["issued a minute from now", 600, { iat: 60 }, 401],
    ["not valid for another minute", 600, { nbf: 60 }, 401],
  ])("%s is judged to the second (attack 6)", async (_what, expiresInS, fromNow, status) => {
    pass(0);
    const nowS = Math.floor(Date.now() / 1_000);
    const claims = Object.fromEntries(Object.entries(fromNow).map(([name, ahead]) => [name, nowS + ahead]));

    expect((await pods(await mint({ expiresInS, claims }))).status).toBe(status);
  });

  it("of an unknown key has its issuer asked once in thirty seconds, however many come (attack 7)", async () => {
    pass(1_400_000);
    expect((await pods(await mint())).status).toBe(200);
    await forget();

    const early = await Promise.all(Array.from({ length: 10 }, async () => pods(await ofUnknownKey())));
    const afterEarly = (await asked("identity")).length;
    pass(31_000);
    const late = [];
    for (let flood = 0; flood < 10; flood++) late.push(await pods(await ofUnknownKey()));

    expect(new Set([...early, ...late].map(({ status }) => status))).toEqual(new Set([401]));
    expect(afterEarly).toBe(0);
    expect(await asked("identity")).toHaveLength(1);
  });

  it("is good while its issuer is down and its keys are known, and then cannot be checked (attack 8)", async () => {
    pass(2_800_000);
    expect((await pods(await mint())).status).toBe(200);
    await breakdown({ identity: "down" });

    const known = await pods(await mint());
    pass(601_000);
    const unknown = await pods(await mint());

    expect(known.status).toBe(200);
    expect(unknown.status).toBe(503);
    expect(unknown.headers.get("retry-after")).toBe("5");
    expect(unknown.headers.get("www-authenticate")).toBeNull();
  });

  it.each(["access_token", "token", "API_KEY", "ticket"])(
    "does not belong into its address as ?%s=, and is not logged there (attack 11)",
    async (name) => {
      const lines = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
      const token = await mint();

      const response = await post(PODS, bearer(token), `?${name}=${token}`);

      expect(response.status).toBe(400);
      const told = `${await response.text()}${JSON.stringify(lines.map(({ mock }) => mock.calls))}`;
      expect(told).toContain("credential_in_query");
      expect(told).not.toContain(token.split(".")[2]);
    },
  );
});

describe("an origin", () => {
  it.each([
    "https://evil.test",
    "null",
    "https://console.test.evil.test",
    "https://evil-console.test",
    "http://console.test",
    "https://console.test:8443",
    "https://console.test, https://evil.test",
  ])("%s is refused before anybody is asked, and may not read why (attack 14)", async (origin) => {
    const [token, before] = [(await issueKey(["observer"])).token, await sessions()];
    await forget();

    const response = await post(PODS, { ...bearer(token), origin });

    expect(response.status).toBe(403);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("www-authenticate")).toBeNull();
    expect(await lookups()).toEqual([]);
    expect(await sessions()).toBe(before);
  });

  it("that hides behind a cookie is refused (attack 14)", async () => {
    const cookie = `CF_Authorization=${await assertion({ email: "mira@example.com" })}`;

    expect((await post(PODS, { cookie })).status).toBe(403);
  });

  it.each([
    ["without a credential", PODS, () => Promise.resolve({}), 401],
    ["with one that proves nobody", PODS, () => Promise.resolve(bearer("a.b.c")), 401],
    ["whose token lacks a scope", NODES, narrow, 403],
  ])("that is allowed may read the challenge: %s", async (_what, message, headers, status) => {
    const response = await post(message, { origin: ORIGIN, ...(await headers()) });

    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(response.headers.get("access-control-expose-headers")).toContain("www-authenticate");
    expect(response.headers.get("www-authenticate")).toContain(METADATA);
  });

  it("that is allowed may read it of a ticket, too, and any at all the metadata", async () => {
    const ticket = await exports.default.fetch(`${HOST}/tickets`, {
      method: "POST",
      headers: { origin: ORIGIN, "cf-connecting-ip": address() },
    });
    const preflight = await exports.default.fetch(`${HOST}/.well-known/oauth-protected-resource/mcp`, {
      method: "OPTIONS",
      headers: { origin: "https://agent.test", "access-control-request-headers": "mcp-protocol-version" },
    });

    expect(ticket.headers.get("access-control-expose-headers")).toContain("www-authenticate");
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("mcp-protocol-version");
  });
});

/** Of somebody whose roles reach further than the token. */
async function narrow(): Promise<Headers> {
  return bearer(await mint({ roles: ["platform-observer"], scope: "k8s:read" }));
}

describe("Cloudflare Access in front of a request", () => {
  it.each([
    ["for another application", () => assertion({ email: "mira@example.com", aud: ["other"] })],
    ["of another team", () => assertion({ email: "mira@example.com", iss: "https://evil.access.test" })],
    ["that our own issuer signed", () => mint({ claims: { iss: ACCESS_TEAM, email: "mira@example.com" } })],
    ["that is no token", () => Promise.resolve("mira@example.com")],
  ])("an assertion %s vouches for nobody (attack 15)", async (_what, make) => {
    const before = await sessions();

    const response = await post(PODS, { [ACCESS_HEADER]: await make() });

    expect(response.status).toBe(401);
    expect(await sessions()).toBe(before);
  });

  it("a cookie of the same content is nobody's (attack 15)", async () => {
    const cookie = `CF_Authorization=${await assertion({ email: "mira@example.com" })}`;

    const response = await post(PODS, { cookie, origin: ORIGIN });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).not.toContain("error=");
  });
});

describe("what ends while requests go on", () => {
  it("a call that began before its token ended is answered and recorded; the next one is refused (attack 17)", async () => {
    pass(0);
    const subject = `bot-${crypto.randomUUID()}`;
    const token = await mint({ subject, expiresInS: 60 });
    await forget();
    await breakdown({ cluster: "hangs" });
    const running = pods(token);
    await eventually(async () => (await asked("cluster")).length === 1);

    pass(66_000);
    await breakdown({});
    const [answered, refused] = [await running, await pods(token)];

    expect(answered.status).toBe(200);
    expect(await answered.json()).toMatchObject(refusal(50300, "upstream_unavailable"));
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(await refused.json()).toMatchObject({ reason: "token_expired" });
    const records = await runInDurableObject(env.SESSION.getByName(`principal:okta:${subject}`), (_, { storage }) =>
      Array.from(storage.sql.exec("select record from journal")),
    );
    expect(records).toMatchObject([{ record: expect.stringContaining('"outcome":"failed"') }]);
  });

  it("a role that the next token does not bring is gone with that token (attack 18)", async () => {
    const subject = `bot-${crypto.randomUUID()}`;

    const before = await pods(await mint({ subject, roles: ["observer"] }));
    const after = await pods(await mint({ subject, roles: ["agent"] }));

    expect(await before.json()).toHaveProperty("result");
    expect(await after.json()).toMatchObject(refusal(40300, "permission_denied"));
  });

  it("a role that is taken from a key is gone within 30 s (attack 18)", async () => {
    pass(0);
    const { token, principal } = await issueKey(["observer"]);
    expect(await (await pods(token)).json()).toHaveProperty("result");

    await sql(`update api_keys set roles = '{agent}' where principal = '${principal}'`);
    pass(31_000);

    expect(await (await pods(token)).json()).toMatchObject(refusal(40300, "permission_denied"));
  });
});

describe("nobody in particular", () => {
  const initialize = {
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
  };

  it.each([
    ["a host that wants to begin", initialize],
    ["a host that wants the tools", { method: "tools/list" }],
    ["a host that calls", { method: "tools/call", params: { name: "k8s_list_pods", arguments: {} } }],
    ["an agent that calls", PODS],
  ])("is told where to sign in, without an error code (RFC 6750 §3.1): %s", async (_what, message) => {
    const response = await post(message);

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(`Bearer realm="gatehouse", ${METADATA}, ${FIRST_SCOPES}`);
  });

  it("still reads the public list of the native dialect (attack 2)", async () => {
    const response = await post({ method: "mcp.tools.list" });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ result: { tools: [{ name: "mcp.tools.list" }] } });
  });

  it("is not asked to sign in for a mistake that signing in would not mend", async () => {
    const response = await post({ method: "no.such_method" });

    expect(response.headers.get("www-authenticate")).toBeNull();
    expect(await response.json()).toMatchObject({ error: { code: -32601 } });
  });
});

it("a token that lacks a scope is told all that the call takes, in either dialect", async () => {
  const headers = await narrow();

  const responses = [
    await post(NODES, headers),
    await post({ method: "tools/call", params: { name: "k8s_list_nodes", arguments: {} } }, headers),
  ];

  for (const response of responses) {
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer realm="gatehouse", error="insufficient_scope", ${METADATA}, scope="k8s:nodes"`,
    );
    expect(await response.json()).toMatchObject(refusal(40300, "permission_denied", { requiredScopes: ["k8s:nodes"] }));
  }
});
