// From proven claims to a principal: names, roles, scopes, and who is never a person.

import { describe, expect, it } from "vitest";
import { identify, identifyByAccess } from "../../../src/access/identify.ts";
import { AccessTeam, IdentityProviders } from "../../../src/access/identity-provider.ts";
import { err } from "../../../src/result.ts";
import { EXPIRES_AT_MS } from "../../support/people.ts";

const ROLES = { claim: "groups", map: { sre: ["observer", "platform"], dev: ["observer"] } };

function by(changes: object, claims: object) {
  const [provider] = IdentityProviders.parse([
    { name: "okta", issuer: "https://login.example.com", roles: ROLES, ...changes },
  ]);
  if (!provider) throw new Error("expected a provider");
  return identify({ claims: { sub: "agent-7", ...claims }, expiresAtMs: EXPIRES_AT_MS }, provider);
}

function byAccess(claims: object, roles: object = { claim: "email", map: { "mira@example.com": ["platform"] } }) {
  const team = AccessTeam.parse({ team: "https://acme.cloudflareaccess.com", audience: "tag", roles });
  return identifyByAccess({ claims: { ...claims }, expiresAtMs: EXPIRES_AT_MS }, team);
}

describe("a token's principal", () => {
  it("is called by its provider and its subject, and says what proved it", () => {
    expect(by({}, { groups: ["dev"], scope: "k8s:read" })).toEqual({
      ok: true,
      value: {
        id: "okta:agent-7",
        kind: "agent",
        roles: ["observer"],
        credential: { kind: "token", provider: "okta" },
        scopes: ["k8s:read"],
        expiresAtMs: EXPIRES_AT_MS,
      },
    });
  });

  it.each(["auth0|5f7c8ec7c33c6c004bbafe82", "client@clients", "mira+oncall@example.com", "abc=", "a/b:c"])(
    "may be %s",
    (sub) => {
      expect(by({}, { sub })).toMatchObject({ value: { id: `okta:${sub}` } });
    },
  );

  it.each(["", " ", "a b", "x".repeat(124), "mira\n", "a\0b", "名", 7, null, undefined, ["a"], { a: 1 }])(
    "may not be %j",
    (sub) => {
      expect(by({}, { sub })).toEqual(err("subject"));
    },
  );

  it("may be named by another claim", () => {
    expect(by({ principal: "act.client" }, { act: { client: "ci" } })).toMatchObject({ value: { id: "okta:ci" } });
  });

  it("acts for whom the provider says, in a claim of the configuration's choosing", () => {
    const provider = { on_behalf_of: "act.sub" };

    expect(by(provider, { act: { sub: "Jürgen Müller" } })).toMatchObject({ value: { onBehalfOf: "Jürgen Müller" } });
    expect(by(provider, {})).not.toHaveProperty("value.onBehalfOf");
    expect(by({}, { act: { sub: "x" } })).not.toHaveProperty("value.onBehalfOf");
  });

  it.each(["", "a\0b", "a\nb", "\ud800", "x".repeat(257), 7, { a: 1 }])("does not act for %j", (onBehalfOf) => {
    expect(by({ on_behalf_of: "for" }, { for: onBehalfOf })).toEqual(err("claims"));
  });
});

describe("roles", () => {
  it.each([
    ["a list", { groups: ["sre", "dev", "unknown"] }, ["observer", "platform"]],
    ["one word", { groups: "dev" }, ["observer"]],
    ["values of no meaning here", { groups: ["x"] }, []],
    ["no claim", {}, []],
    ["names that every object has", { groups: ["__proto__", "constructor", "toString"] }, []],
    ["a claim of another form", { groups: { sre: true } }, []],
    ["roles of its own invention, and a tenant (attack 22)", { roles: ["platform"], tenant: "other", groups: [] }, []],
  ])("come from %s as the map has them", (_what, claims, roles) => {
    expect(by({}, claims)).toMatchObject({ ok: true, value: { roles } });
  });

  it("have a default for whoever has none of the map's values", () => {
    const provider = { roles: { ...ROLES, default: ["agent"] } };

    expect(by(provider, { groups: ["x"] })).toMatchObject({ value: { roles: ["agent"] } });
    expect(by(provider, { groups: ["dev"] })).toMatchObject({ value: { roles: ["observer"] } });
  });

  it.each([
    ["realm_access.roles", { realm_access: { roles: ["dev"] } }],
    ["https://example.com/roles", { "https://example.com/roles": ["dev"] }],
  ])("are found at %s", (claim, claims) => {
    expect(by({ roles: { ...ROLES, claim } }, claims)).toMatchObject({ value: { roles: ["observer"] } });
  });
});

describe("scopes", () => {
  it.each([
    [{ scope: "openid k8s:read logs:* nonsense k8s:read" }, ["k8s:read", "logs:*"]],
    [{ scp: ["k8s:read", "offline_access"] }, ["k8s:read"]],
    [{ scope: "openid" }, []],
    [{ scope: "*" }, []],
    [{}, []],
  ])("of %j are the words that are permissions here: %j", (claims, scopes) => {
    expect(by({}, claims)).toMatchObject({ value: { scopes } });
  });

  it("narrow nothing where the provider's are not meant for us", () => {
    expect(by({ scopes: "ignore" }, { scope: "k8s:read" })).not.toHaveProperty("value.scopes");
  });
});

describe("Cloudflare Access", () => {
  it("vouches for a person by their address", () => {
    expect(byAccess({ email: "Mira@example.com", sub: "uuid" })).toEqual({
      ok: true,
      value: {
        id: "access:mira@example.com",
        kind: "human",
        roles: ["platform"],
        credential: { kind: "access" },
        expiresAtMs: EXPIRES_AT_MS,
      },
    });
  });

  it("takes roles from a claim of the identity provider behind it", () => {
    expect(
      byAccess({ email: "mira@example.com", custom: { groups: ["sre"] } }, { ...ROLES, claim: "custom.groups" }),
    ).toMatchObject({ value: { roles: ["observer", "platform"] } });
  });

  it.each([
    ["a service token", { common_name: "e3.access", sub: "" }],
    ["one that brings an address, too", { common_name: "e3.access", email: "mira@example.com" }],
  ])("never vouches for a person by %s: it is an agent, and gets an agent's roles (attack 16)", (_what, claims) => {
    const roles = { claim: "email", map: { "mira@example.com": ["platform"], "e3.access": ["observer"] } };

    expect(byAccess(claims, roles)).toMatchObject({
      value: { id: "access:e3.access", kind: "agent", roles: ["observer"] },
    });
  });

  it.each([{}, { email: "" }, { email: 7 }, { email: "mira" }, { common_name: "a@b" }, { common_name: 7 }])(
    "vouches for nobody by %j",
    (claims) => {
      expect(byAccess(claims)).toEqual(err("subject"));
    },
  );
});
