// A token at the border: everything that is wrong with one, and how often its issuer is asked for keys.

import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { OidcTokens } from "../../../src/adapters/oidc-tokens.ts";
import { err } from "../../../src/result.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import { gate } from "../../support/gate.ts";
import { RESOURCE, startIssuer } from "../../support/issuer.ts";
import type { TokenRules } from "../../../src/ports/token-verifier.ts";
import type { Clock } from "../../support/clock.ts";
import type { Issuer } from "../../support/issuer.ts";

const NOW_S = START_MS / 1_000;
let issuer: Issuer;
let clock: Clock;

beforeEach(async () => {
  issuer = await startIssuer();
  clock = fixedClock();
});

function tokens(changes: Partial<TokenRules> = {}): OidcTokens {
  const rules = {
    issuer: issuer.issuer,
    audience: RESOURCE,
    jwksUrl: undefined,
    algorithms: ["RS256", "ES256", "EdDSA"],
    type: undefined,
    maxAgeS: undefined,
    ...changes,
  };
  return new OidcTokens(rules, { fetch: issuer.fetch, now: clock.now });
}

const refused = (why: string) => err({ kind: "unauthenticated", why });
const UNAVAILABLE = { ok: false, error: { kind: "upstream_unavailable", upstream: "identity-provider" } };
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a good token", () => {
  it("is proven, and stands until its exp and the tolerance of five seconds", async () => {
    const proven = await tokens().verify(await issuer.mint({ claims: { email: "mira@example.com" } }));

    expect(proven).toMatchObject({
      ok: true,
      value: { claims: { sub: "agent-7", email: "mira@example.com" }, expiresAtMs: (NOW_S + 605) * 1_000 },
    });
  });

  it("may name its one audience in a list", async () => {
    expect(await tokens().verify(await issuer.mint({ claims: { aud: [RESOURCE] } }))).toMatchObject({ ok: true });
  });

  it.each(["RS256", "EdDSA"])("may be signed with %s", async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    issuer.published.push({ ...(await exportJWK(publicKey)), kid: "more" });

    const token = await issuer.mint({ header: { alg, kid: "more" }, key: privateKey });

    expect(await tokens().verify(token)).toMatchObject({ ok: true });
  });
});

describe("a signature", () => {
  it.each(["none", "NoNe"])("of the algorithm %s is none (attack 4)", async (alg) => {
    const [, payload = ""] = (await issuer.mint()).split(".");

    expect(await tokens().verify(`${json({ alg, kid: "first" })}.${payload}.`)).toEqual(refused("algorithm"));
  });

  it("made with HS256 and the public key as its secret is none (attack 4)", async () => {
    const key = await importJWK(issuer.published[0] ?? {}, "ES256", { extractable: true });
    if (key instanceof Uint8Array) throw new Error("expected a public key");
    const [, payload = ""] = (await issuer.mint()).split(".");
    const signed = `${json({ alg: "HS256", kid: "first" })}.${payload}`;
    const forged = [await exportSPKI(key), JSON.stringify(issuer.published[0])].map(
      (secret) => `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`,
    );

    for (const token of forged) expect(await tokens().verify(token)).toEqual(refused("algorithm"));
  });

  it("of an algorithm that is not this provider's is none (attack 4)", async () => {
    expect(await tokens({ algorithms: ["RS256"] }).verify(await issuer.mint())).toEqual(refused("algorithm"));
  });

  it("of somebody else under a known key's name is none (attack 4)", async () => {
    expect(await tokens().verify(await issuer.mint({ key: issuer.otherKey }))).toEqual(refused("signature"));
  });

  it("that was cut from a true token does not carry other claims (attack 4)", async () => {
    const [header = "", , signature = ""] = (await issuer.mint()).split(".");
    const other = json({ iss: issuer.issuer, sub: "root", aud: RESOURCE, exp: NOW_S + 600 });

    expect(await tokens().verify(`${header}.${other}.${signature}`)).toEqual(refused("signature"));
  });

  it("by a key that nobody can use proves nothing, and is not taken for a failure of ours", async () => {
    issuer.published.push({ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA", kid: "broken" });

    expect(await tokens().verify(await issuer.mint({ header: { kid: "broken" } }))).toMatchObject({
      error: { kind: "unauthenticated" },
    });
  });
});

const CLAIMS: readonly (readonly [string, Parameters<Issuer["mint"]>[0], string])[] = [
  ["another issuer", { claims: { iss: "https://login.example.com/other" } }, "unknown_issuer"],
  ["an issuer with a slash more", { claims: { iss: "https://login.example.com/tenant/" } }, "unknown_issuer"],
  ["another audience", { claims: { aud: "https://other.example/mcp" } }, "audience"],
  ["our address with a slash at its end", { claims: { aud: `${RESOURCE}/` } }, "audience"],
  ["a further audience", { claims: { aud: [RESOURCE, "https://other.example"] } }, "audience"],
  ["its audience twice", { claims: { aud: [RESOURCE, RESOURCE] } }, "audience"],
  ["no audience", { without: ["aud"] }, "audience"],
  ["no issuer", { without: ["iss"] }, "unknown_issuer"],
  ["no exp", { without: ["exp"] }, "claims"],
  ["no subject", { without: ["sub"] }, "claims"],
  ["an exp in words", { claims: { exp: "tomorrow" } }, "claims"],
  ["an exp beyond all numbers", { claims: { exp: 1e300 } }, "claims"],
  ["an iat in words", { claims: { iat: "yesterday" } }, "claims"],
];

describe("claims", () => {
  it("can be wrong in this many ways here", () => {
    expect(CLAIMS).toHaveLength(13);
  });

  it.each(CLAIMS)("with %s are refused (attack 5) [mcp-auth-audience]", async (_what, minting, why) => {
    expect(await tokens().verify(await issuer.mint(minting))).toEqual(refused(why));
  });

  it.each([
    ["at+jwt", true],
    ["application/at+jwt", true],
    ["JWT", false],
    [undefined, false],
  ])("in a token of type %s pass where at+jwt is asked for: %s (attack 5)", async (typ, isGood) => {
    const token = await issuer.mint(typ === undefined ? {} : { header: { typ } });

    const answer = await tokens({ type: "at+jwt" }).verify(token);

    expect(answer.ok).toBe(isGood);
    if (!isGood) expect(answer).toEqual(refused("type"));
  });
});

describe("times", () => {
  it.each([
    [-1, true],
    [-4, true],
    [-5, false],
    [-31, false],
  ])("an exp %i s from now is good: %s (attack 6)", async (fromNow, isGood) => {
    const answer = await tokens().verify(await issuer.mint({ claims: { exp: NOW_S + fromNow } }));

    if (isGood) expect(answer).toMatchObject({ ok: true });
    else expect(answer).toEqual(err({ kind: "token_expired" }));
  });

  it.each([
    ["iat", 5, true],
    ["iat", 6, false],
    ["iat", 60, false],
    ["nbf", 5, true],
    ["nbf", 6, false],
  ])("%s %i s ahead is good: %s (attack 6)", async (claim, ahead, isGood) => {
    const answer = await tokens().verify(await issuer.mint({ claims: { [claim]: NOW_S + ahead } }));

    if (isGood) expect(answer).toMatchObject({ ok: true });
    else expect(answer).toEqual(refused("not_yet_valid"));
  });

  it("a token may be required to be young, and then must say when it was made", async () => {
    const young = tokens({ maxAgeS: 60 });

    expect(await young.verify(await issuer.mint({ claims: { iat: NOW_S - 65 } }))).toMatchObject({ ok: true });
    expect(await young.verify(await issuer.mint({ claims: { iat: NOW_S - 66 } }))).toEqual(refused("too_old"));
    expect(await young.verify(await issuer.mint({ without: ["iat"] }))).toEqual(refused("claims"));
  });
});

describe("the keys of an issuer", () => {
  it("are found by its metadata, once, and fetched once in ten minutes", async () => {
    const verifier = tokens();
    const verify = async () => verifier.verify(await issuer.mint({ claims: { exp: NOW_S + 6_000 } }));

    await verify();
    clock.advance(599_999);
    await verify();
    expect(issuer.asked).toEqual([
      "https://login.example.com/tenant/.well-known/openid-configuration",
      "https://login.example.com/keys",
    ]);

    clock.advance(1);
    expect(await verify()).toMatchObject({ ok: true });
    expect(issuer.asked).toHaveLength(3);
  });

  it("are found where RFC 8414 has them, too", async () => {
    const metadata = issuer.answers.get(`${issuer.issuer}/.well-known/openid-configuration`);
    issuer.answers.delete(`${issuer.issuer}/.well-known/openid-configuration`);
    issuer.answers.set("https://login.example.com/.well-known/oauth-authorization-server/tenant", metadata);

    expect(await tokens().verify(await issuer.mint())).toMatchObject({ ok: true });
  });

  it.each([
    ["speaks for another issuer", { issuer: "https://evil.example", jwks_uri: "https://login.example.com/keys" }],
    ["has its keys behind plain http", { issuer: "https://login.example.com/tenant", jwks_uri: "http://x.example/k" }],
    ["is no metadata", ["hello"]],
  ])("are not taken from a document that %s", async (_what, document) => {
    issuer.answers.set(`${issuer.issuer}/.well-known/openid-configuration`, document);

    expect(await tokens().verify(await issuer.mint())).toMatchObject(UNAVAILABLE);
  });

  it("are asked for an unknown one once in thirty seconds, however many tokens name one (attack 7)", async () => {
    const verifier = tokens({ jwksUrl: "https://login.example.com/keys" });
    await verifier.verify(await issuer.mint());
    const flood = async () => {
      for (let attempt = 0; attempt < 50; attempt++) {
        const token = await issuer.mint({ header: { kid: `made-up-${attempt}` } });
        expect(await verifier.verify(token)).toEqual(refused("unknown_key"));
      }
    };

    await flood();
    expect(issuer.asked).toHaveLength(1);
    clock.advance(30_000);
    await flood();
    expect(issuer.asked).toHaveLength(2);
  });

  it("are known within thirty seconds of their rotation", async () => {
    const verifier = tokens();
    await verifier.verify(await issuer.mint());
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    issuer.published.push({ ...(await exportJWK(publicKey)), kid: "second" });
    const rotated = await issuer.mint({ header: { kid: "second" }, key: privateKey });

    expect(await verifier.verify(rotated)).toEqual(refused("unknown_key"));
    clock.advance(30_000);
    expect(await verifier.verify(rotated)).toMatchObject({ ok: true });
  });

  it("that cannot be had and were never known let nobody in (attack 8)", async () => {
    issuer.outage.answer = () => Promise.resolve(new Response("down", { status: 503 }));

    expect(await tokens().verify(await issuer.mint())).toMatchObject(UNAVAILABLE);
  });

  it("that are known still prove tokens until their ten minutes are over, and then nothing does (attack 8)", async () => {
    const verifier = tokens();
    const verify = async () => verifier.verify(await issuer.mint({ claims: { exp: NOW_S + 6_000 } }));
    await verify();
    issuer.outage.answer = () => Promise.reject(new Error("connection refused"));

    clock.advance(599_999);
    expect(await verify()).toMatchObject({ ok: true });
    clock.advance(1);
    expect(await verify()).toMatchObject(UNAVAILABLE);
  });

  it("are asked for once in five seconds while their issuer is down, and had again when it is back (attack 8)", async () => {
    const verifier = tokens({ jwksUrl: "https://login.example.com/keys" });
    const token = await issuer.mint();
    issuer.outage.answer = () => Promise.resolve(new Response("down", { status: 503 }));

    for (let attempt = 0; attempt < 20; attempt++) await verifier.verify(token);
    clock.advance(4_999);
    await verifier.verify(token);
    expect(issuer.asked).toHaveLength(1);
    issuer.outage.answer = undefined;
    clock.advance(1);

    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    expect(issuer.asked).toHaveLength(2);
  });

  it("are not called unknown while their issuer does not answer (attack 8)", async () => {
    const verifier = tokens();
    await verifier.verify(await issuer.mint());
    clock.advance(30_000);
    issuer.outage.answer = () => Promise.resolve(new Response("down", { status: 503 }));
    const token = await issuer.mint({ header: { kid: "second" } });

    expect(await verifier.verify(token)).toMatchObject(UNAVAILABLE);
    expect(await verifier.verify(token)).toMatchObject(UNAVAILABLE);
    expect(await verifier.verify(await issuer.mint())).toMatchObject({ ok: true });
  });

  it("are fetched once for tokens that come together, and no one waits for another's promise", async () => {
    const verifier = tokens({ jwksUrl: "https://login.example.com/keys" });
    const answered = gate<Response>();
    issuer.outage.answer = () => answered.opened;
    const token = await issuer.mint();
    const all = Promise.all([verifier.verify(token), verifier.verify(token), verifier.verify(token)]);

    answered.open(Response.json({ keys: issuer.published }));

    for (const answer of await all) expect(answer).toMatchObject({ ok: true });
    expect(issuer.asked).toHaveLength(1);
  });

  it.each([
    ["a page that is no JSON", () => new Response("<html>")],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://evil.example/keys" } })],
    ["no keys", () => Response.json({ hello: 1 })],
    ["more than could be keys", () => new Response("x".repeat(300 * 1024))],
  ])("are not to be had from %s", async (_what, answer) => {
    issuer.outage.answer = () => Promise.resolve(answer());

    expect(await tokens({ jwksUrl: "https://login.example.com/keys" }).verify(await issuer.mint())).toMatchObject(
      UNAVAILABLE,
    );
  });
});

it.each(["", "a.b", "a.b.c", "a.b.c.d.e", `${"x".repeat(50)}.y.z`])("%j is no token", async (text) => {
  expect(await tokens().verify(text)).toMatchObject({ ok: false, error: { kind: "unauthenticated" } });
});

it("a symmetric key in the key set is of no use (attack 4)", async () => {
  const secret = new TextEncoder().encode("a secret of thirty-two bytes, or so");
  issuer.published.push({ kty: "oct", k: Buffer.from(secret).toString("base64url"), kid: "shared", alg: "HS256" });
  const token = await new SignJWT({ iss: issuer.issuer, sub: "x", aud: RESOURCE, exp: NOW_S + 60 })
    .setProtectedHeader({ alg: "HS256", kid: "shared" })
    .sign(secret);

  expect(await tokens().verify(token)).toEqual(refused("algorithm"));
});
