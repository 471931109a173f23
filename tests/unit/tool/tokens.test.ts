// Tokens at the door: which issuer is asked, and for how long an answer is believed.

import { beforeEach, describe, expect, it } from "vitest";
import { identify } from "../../../src/access/identify.ts";
import { IdentityProviders } from "../../../src/access/identity-provider.ts";
import { OidcTokens } from "../../../src/adapters/oidc-tokens.ts";
import { err } from "../../../src/result.ts";
import { TokenAuthenticator } from "../../../src/tool/tokens.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import { RESOURCE, startIssuer } from "../../support/issuer.ts";
import type { Clock } from "../../support/clock.ts";
import type { Issuer } from "../../support/issuer.ts";

const NOW_S = START_MS / 1_000;
let issuer: Issuer;
let clock: Clock;
let verified: string[];

beforeEach(async () => {
  issuer = await startIssuer();
  clock = fixedClock();
  verified = [];
});

function door() {
  const [provider] = IdentityProviders.parse([
    { name: "okta", issuer: issuer.issuer, roles: { claim: "groups", map: { dev: ["observer"] } } },
  ]);
  if (!provider) throw new Error("expected a provider");
  const { algorithms } = provider;
  const rules = { issuer: issuer.issuer, audience: RESOURCE, algorithms, jwksUrl: undefined, type: undefined };
  const tokens = new OidcTokens({ ...rules, maxAgeS: undefined }, { fetch: issuer.fetch, now: clock.now });
  const identity = {
    verifier: { verify: (token: string) => (verified.push(token), tokens.verify(token)) },
    identify: (proven: Parameters<typeof identify>[0]) => identify(proven, provider),
  };
  return new TokenAuthenticator({ byIssuer: new Map([[issuer.issuer, identity]]), access: undefined, now: clock.now });
}

const bearer = (text: string) => ({ kind: "bearer", text }) as const;

describe("a token", () => {
  it("proves its principal, as of now", async () => {
    const token = await issuer.mint({ claims: { groups: ["dev"] } });

    expect(await door().authenticate(bearer(token))).toMatchObject({
      value: { principal: { id: "okta:agent-7", roles: ["observer"] }, verifiedAtMs: START_MS },
    });
  });

  it("is checked once a minute", async () => {
    const authenticator = door();
    const credential = bearer(await issuer.mint());

    await authenticator.authenticate(credential);
    clock.advance(59_999);
    await authenticator.authenticate(credential);
    expect(verified).toHaveLength(1);
    clock.advance(1);
    await authenticator.authenticate(credential);
    expect(verified).toHaveLength(2);
  });

  it("is not believed beyond its end because it was believed before", async () => {
    const authenticator = door();
    const credential = bearer(await issuer.mint({ claims: { exp: NOW_S + 10 } }));
    await authenticator.authenticate(credential);

    clock.advance(14_999);
    expect(await authenticator.authenticate(credential)).toMatchObject({ ok: true });
    clock.advance(1);
    expect(await authenticator.authenticate(credential)).toEqual(err({ kind: "token_expired" }));
  });

  it("that was refused is checked each time: there is nothing to fill with inventions", async () => {
    const authenticator = door();
    const credential = bearer(await issuer.mint({ key: issuer.otherKey }));

    for (let attempt = 0; attempt < 3; attempt++) await authenticator.authenticate(credential);

    expect(verified).toHaveLength(3);
  });

  it("whose subject cannot be a name here is told so", async () => {
    const token = await issuer.mint({ claims: { sub: "a b" } });

    expect(await door().authenticate(bearer(token))).toEqual(err({ kind: "unauthenticated", why: "subject" }));
  });

  it.each([
    ["of an issuer that nobody configured", { claims: { iss: "https://evil.example" } }, "unknown_issuer"],
    ["without an issuer", { without: ["iss"] }, "malformed"],
  ])("%s costs no look-up (attack 5)", async (_what, minting, why) => {
    expect(await door().authenticate(bearer(await issuer.mint(minting)))).toEqual(
      err({ kind: "unauthenticated", why }),
    );
    expect(issuer.asked).toEqual([]);
  });

  it("too long to be one is not even read", async () => {
    const token = await issuer.mint({ claims: { padding: "x".repeat(20_000) } });

    expect(await door().authenticate(bearer(token))).toEqual(err({ kind: "unauthenticated", why: "malformed" }));
    expect(verified).toEqual([]);
  });

  it("is no assertion of Access where there is none, not even when it was believed before (attack 15)", async () => {
    const authenticator = door();
    const token = await issuer.mint();
    await authenticator.authenticate(bearer(token));

    expect(await authenticator.authenticate({ kind: "access", text: token })).toMatchObject({ ok: false });
  });
});
