// Signing in with a key, where no Access stands in front: the application of such a deployment, with its keys in memory.

import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { hmacOfSecret } from "../../src/access/api-key.ts";
import { PASS_LIFETIME_MS } from "../../src/access/console-pass.ts";
import { memoryKeyDirectory } from "../../src/adapters/memory/key-directory.ts";
import { requireConfig } from "../../src/config.ts";
import { createApp } from "../../src/http/app.ts";
import { Me, ProblemAnswer } from "../../src/http/console/contract.ts";
import { createServices } from "../../src/services.ts";
import { identities } from "../../src/services/identity.ts";
import { RECHECK_AFTER_MS } from "../../src/tool/standing.ts";
import { fixedClock, START_MS } from "../support/clock.ts";
import { keyRecord } from "../support/people.ts";
import type { KeyRecord } from "../../src/ports/key-directory.ts";

const PEPPER = "a pepper for tests, and for nothing else";
const PART = "A".repeat(43);
const SIGNING_KEY = JSON.stringify({ kty: "OKP", crv: "Ed25519", x: PART, d: PART });
const CONFIG = requireConfig(
  {
    DATABASE_URL: "postgresql://u:p@db.example/x",
    UPSTASH_REDIS_REST_URL: "https://redis.example",
    UPSTASH_REDIS_REST_TOKEN: "t",
    KEY_PEPPER: PEPPER,
    PROXY_SIGNING_KEY: SIGNING_KEY,
    APPROVAL_SIGNING_KEY: SIGNING_KEY,
    AUDIT_SIGNING_KEY: SIGNING_KEY,
    CLUSTERS: '[{"name":"demo","url":"http://127.0.0.1:8790"}]',
  },
  {
    roles: {
      approver: { grants: [{ permissions: ["runbooks:approve"] }] },
      auditor: { grants: [{ permissions: ["audit:read", "audit:read_payload"] }] },
    },
  },
);
const [HERE, SECURE] = ["http://127.0.0.1:8787", "https://gatehouse.example"];
const SECRET = "s".repeat(43);
const KEY = `ghk_abcdefghijklmnop_${SECRET}`;

function unreachable(): never {
  throw new Error("nothing but the door is tested here");
}

/** The whole application of a deployment without Access, keys in memory, and nothing behind it. */
function office(changes: Partial<KeyRecord> = {}) {
  const clock = fixedClock();
  const keys = memoryKeyDirectory(clock.now);
  const put = (more: Partial<KeyRecord> = {}) =>
    keys.put(
      keyRecord({ secretHmac: hmacOfSecret(SECRET, PEPPER), kind: "human", roles: ["approver"], ...changes, ...more }),
    );
  put();
  const platform = {
    ...{ fetch: unreachable, now: clock.now, uuid: unreachable, quotaOf: unreachable, approvals: unreachable },
    runOf: unreachable,
    sinkOf: unreachable,
    background: unreachable,
  };
  const services = createServices(CONFIG, platform, { tools: [], resources: [], prompts: [] });
  const app = createApp({ ...services, keys, ...identities(CONFIG, { keys, ...platform }) });
  let admits = true;
  const limit = { limit: () => Promise.resolve({ success: admits }) };
  const counted = { getByName: () => ({ report: () => Promise.resolve() }) };
  const bindings = {
    ...{ APPROVAL: { getByName: () => ({}) }, METRICS: counted, RUN: {} },
    ...{ DOOR_LIMIT: limit, REQUEST_LIMIT: limit },
  };

  const ask = async (path: string, init: RequestInit = {}, origin = HERE) =>
    app.request(new Request(`${origin}/console/api${path}`, init), undefined, bindings, createExecutionContext());
  const signIn = (key = KEY, origin = HERE, headers: Readonly<Record<string, string>> = {}) =>
    ask("/sign-in", { ...json({ key }), headers: { "content-type": "application/json", origin, ...headers } }, origin);
  const me = async (cookie: string) => ask("/me", { headers: { cookie } });
  return { clock, put, ask, signIn, me, close: () => (admits = false) };
}

const json = (body: object) => ({ method: "POST", body: JSON.stringify(body) });
const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

describe("signing in with a key", () => {
  it("leaves a cookie that no script reads and no other site sends, without the key in it", async () => {
    const { signIn, me } = office();

    const response = await signIn();

    expect(response.status).toBe(204);
    expect(response.headers.get("set-cookie")).toMatch(
      /^gatehouse_console=[\w-]+\.[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=28800$/,
    );
    expect(atob(cookieOf(response).slice(18).split(".")[0] ?? "")).not.toContain(SECRET.slice(0, 8));
    expect(Me().parse(await (await me(cookieOf(response))).json())).toMatchObject({
      principal: { id: "agent:atlas", kind: "human" },
      permissions: ["runbooks:approve"],
      sign_in: "key",
      sign_out: true,
    });
  });

  it("leaves one for TLS alone, unless this is a developer's own machine", async () => {
    const { signIn } = office();

    expect((await signIn(KEY, SECURE)).headers.get("set-cookie")).toMatch(/; Secure$/);
    expect((await signIn(KEY, "http://localhost.evil.example")).headers.get("set-cookie")).toMatch(/; Secure$/);
    expect((await signIn(KEY, "http://localhost:8787")).headers.get("set-cookie")).not.toMatch(/Secure/);
  });

  it.each([
    ["a wrong key", `ghk_abcdefghijklmnop_${"x".repeat(43)}`, {}, 401],
    ["no key at all", "let-me-in", {}, 401],
    ["an access token", "eyJhbGciOiJub25lIn0.e30.x", {}, 401],
    ["a page of another origin (attack 74)", KEY, { origin: "https://evil.example" }, 403],
    ["a page that hides its origin (attack 74)", KEY, { origin: "null" }, 403],
    ["a page of another site, as the browser says (attack 74)", KEY, { "sec-fetch-site": "cross-site" }, 403],
    ["a form (attack 74)", KEY, { "content-type": "text/plain" }, 415],
  ])("from %s leaves none: %#", async (_what, key, headers, status) => {
    const response = await office().signIn(key, HERE, headers);

    expect(response.status).toBe(status);
    expect(response.headers.get("set-cookie")).toBeNull();
  });

  it("is limited by address like every other door", async () => {
    const { signIn, close } = office();
    close();

    expect((await signIn()).status).toBe(429);
  });
});

describe("the cookie", () => {
  it("is worth nothing once its key is revoked, at the latest in half a minute", async () => {
    const { signIn, me, put, clock } = office();
    const cookie = cookieOf(await signIn());
    put({ revokedAtMs: START_MS });
    clock.advance(RECHECK_AFTER_MS);

    const response = await me(cookie);

    expect(response.status).toBe(401);
    expect(ProblemAnswer().parse(await response.json())).toMatchObject({ sign_in: "key" });
  });

  it("ends with the day, and with the key if that is sooner", async () => {
    const [day, short] = [office(), office({ expiresAtMs: START_MS + 60_000 })];
    const [long, soon] = [cookieOf(await day.signIn()), cookieOf(await short.signIn())];

    day.clock.advance(PASS_LIFETIME_MS - 1);
    expect((await day.me(long)).status).toBe(200);
    day.clock.advance(1);
    expect((await day.me(long)).status).toBe(401);
    short.clock.advance(60_000);
    expect((await short.me(soon)).status).toBe(401);
  });

  it("that was changed, doubled or made up is none (attack 74)", async () => {
    const { signIn, me } = office();
    const cookie = cookieOf(await signIn());

    const forged = [`${cookie}x`, `${cookie}; ${cookie}`, cookie.replace(/\.\w/, "."), "gatehouse_console=x.y"];
    for (const one of forged) expect((await me(one)).status).toBe(401);
    expect((await me(`theme=dark; ${cookie}; other=1`)).status).toBe(200);
  });

  it("alone changes nothing: the page sends along what /me said (attack 74)", async () => {
    const { signIn, me, ask } = office();
    const cookie = cookieOf(await signIn());
    const { csrf } = Me().parse(await (await me(cookie)).json());
    const other = cookieOf(await signIn());
    const out = (headers: Readonly<Record<string, string>>) =>
      ask("/sign-out", { ...json({}), headers: { "content-type": "application/json", ...headers } });

    expect((await out({ cookie, origin: HERE })).status).toBe(403);
    expect((await out({ cookie, "x-gatehouse-csrf": csrf })).status).toBe(403);
    expect((await out({ cookie, origin: "https://evil.example", "x-gatehouse-csrf": csrf })).status).toBe(403);
    expect((await out({ cookie: other, origin: HERE, "x-gatehouse-csrf": "x" })).status).toBe(403);
    const done = await out({ cookie, origin: HERE, "x-gatehouse-csrf": csrf });

    expect(done.status).toBe(204);
    expect(done.headers.get("set-cookie")).toMatch(/^gatehouse_console=; .*Max-Age=0/);
  });

  it("is not looked at where a key is shown", async () => {
    const { signIn, ask } = office();
    const cookie = cookieOf(await signIn());

    const response = await ask("/me", { headers: { cookie, authorization: "Bearer ghk_wrong" } });

    expect(response.status).toBe(401);
  });
});

it("leads nowhere else: a route that is none is answered by the console's own", async () => {
  const response = await office().ask("/approvals/1/nothing");

  expect(response.status).toBe(404);
  expect(response.headers.get("x-frame-options")).toBe("DENY");
});

it.each(["audit", "audit/summary", "audit/evidence", "audit/events/x", "audit/payload/x", "usage"])(
  "%s says what to set, where nothing was given that reads the log",
  async (route) => {
    const { signIn, ask } = office({ roles: ["auditor"] });

    const response = await ask(`/${route}`, { headers: { cookie: cookieOf(await signIn()) } });

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ reason: "not_configured", detail: /DATABASE_READER_URL/ });
  },
);
