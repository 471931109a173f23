import { generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { OidcTokens } from "../../../src/adapters/oidc-tokens.ts";
import { approvalTokens } from "../../../src/approvals/token.ts";
import { approval, person, POLICY } from "../../support/approvals.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import type { Decision } from "../../../src/ports/approvals.ts";

const jwk = () => {
  const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { ...key, kty: "OKP" as const, crv: "Ed25519", x: key.x ?? "" };
};
const [KEY, OLD, FOREIGN] = [jwk(), jwk(), jwk()];
const ISSUER = "https://gatehouse.example";
const INVALID = { ok: false, error: { kind: "approval_invalid" } };
const EXPIRED = { ok: false, error: { kind: "approval_expired" } };

const decision: Decision = { by: person("okta:kim").id, roles: [], verdict: "approve", atMs: START_MS };
const approved = (expiresAtMs = START_MS + 900_000) =>
  approval({ state: "approved", decisions: [decision], expiresAtMs });

function office(clock = fixedClock(), signingKey = KEY) {
  return approvalTokens({ signingKey, previousKey: OLD, issuer: ISSUER, now: clock.now });
}

/** A token as anybody could write it who has the key, which nobody has. */
async function written({ claims = {}, header = {}, key = KEY }: Forged = {}): Promise<string> {
  const genuine = await office().mint(approved());
  const [payload, head] = [decodeJwt(genuine), decodeProtectedHeader(genuine)];
  const kid = await calculateJwkThumbprint(key);
  return new SignJWT({ ...payload, ...claims })
    .setProtectedHeader({ ...head, alg: "EdDSA", kid, ...header })
    .sign(await importJWK(key, "EdDSA"));
}

interface Forged {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: typeof KEY;
}

describe("an approval token", () => {
  it("says everything that the approval is bound to", async () => {
    const token = await office().mint(approved());

    expect(decodeProtectedHeader(token)).toEqual({
      alg: "EdDSA",
      typ: "approval+jwt",
      kid: await calculateJwkThumbprint(KEY),
    });
    expect(decodeJwt(token)).toEqual({
      iss: ISSUER,
      aud: "runbooks.execute",
      sub: "agent:atlas",
      rb: "restart@3",
      rbd: "d1",
      pd: "p1",
      pland: "l1",
      pol: POLICY.version,
      apr: ["okta:kim"],
      jti: approval().id,
      iat: START_MS / 1_000,
      nbf: START_MS / 1_000,
      exp: START_MS / 1_000 + 900,
    });
  });

  it("is read as it was written", async () => {
    expect(await office().verify(await office().mint(approved()))).toEqual({
      ok: true,
      value: {
        approvalId: approval().id,
        requester: "agent:atlas",
        runbookId: "restart",
        runbookDigest: "d1",
        paramsDigest: "p1",
        planDigest: "l1",
        policyVersion: POLICY.version,
      },
    });
  });

  it("is good until its second, and not for a moment of it; it never outlives the record", async () => {
    const clock = fixedClock();
    const token = await office(clock).mint(approved(START_MS + 10_400));

    clock.advance(9_999);
    expect(await office(clock).verify(token)).toMatchObject({ ok: true });
    clock.advance(1);
    expect(await office(clock).verify(token)).toMatchObject(EXPIRED);
  });

  it("that was signed before the last change of keys is still good", async () => {
    const token = await office(fixedClock(), OLD).mint(approved());

    expect(await office().verify(token)).toMatchObject({ ok: true });
  });

  it.each<readonly [string, Forged]>([
    ["signed by somebody else", { key: FOREIGN }],
    ["that names another's key", { header: { kid: "someone" } }],
    ["of another type: an access token (attack 66)", { header: { typ: "at+jwt" } }],
    ["of no type (attack 66)", { header: { typ: "JWT" } }],
    ["for another audience: an access token's (attack 66)", { claims: { aud: "https://gatehouse.example/mcp" } }],
    ["for several audiences", { claims: { aud: ["runbooks.execute", "https://evil.example"] } }],
    ["for the right audience, in a list", { claims: { aud: ["runbooks.execute"] } }],
    ["of another issuer", { claims: { iss: "https://evil.example" } }],
    ["that never ends", { claims: { exp: undefined } }],
    ["that is nobody's", { claims: { sub: undefined } }],
    ["whose time has not come", { claims: { nbf: START_MS / 1_000 + 1 } }],
    ["of an approval without a proper id", { claims: { jti: "../../1" } }],
    ["without a plan", { claims: { pland: undefined } }],
  ])("%s is none", async (_what, forged) => {
    expect(await office().verify(await written(forged))).toMatchObject(INVALID);
  });

  it("is found good by the test's own forger, unless it forges", async () => {
    expect(await office().verify(await written())).toMatchObject({ ok: true });
  });

  it("without a signature is none, nor is anything else that is not a token (attack 4)", async () => {
    const [, payload = ""] = (await office().mint(approved())).split(".");
    const none = `${btoa('{"alg":"none","typ":"approval+jwt"}')}.${payload}.`;
    const kid = await calculateJwkThumbprint(KEY);
    const hmac = await new SignJWT({ ...decodeJwt(await written()) })
      .setProtectedHeader({ alg: "HS256", typ: "approval+jwt", kid })
      .sign(new TextEncoder().encode(KEY.x));

    for (const text of ["", "ghk_abc", "a.b.c", none, hmac, "x".repeat(100_000)])
      expect(await office().verify(text)).toMatchObject(INVALID);
  });

  it("is no access token to whoever checks those (attack 66)", async () => {
    const publicKey = { kty: KEY.kty, crv: KEY.crv, x: KEY.x, kid: await calculateJwkThumbprint(KEY) };
    const verifier = new OidcTokens(
      {
        issuer: ISSUER,
        audience: "https://gatehouse.example/mcp",
        jwksUrl: "https://gatehouse.example/keys",
        algorithms: ["EdDSA"],
        type: "at+jwt",
        maxAgeS: undefined,
      },
      { fetch: () => Promise.resolve(Response.json({ keys: [publicKey] })), now: fixedClock().now },
    );

    expect(await verifier.verify(await office().mint(approved()))).toMatchObject({
      error: { kind: "unauthenticated" },
    });
  });
});
