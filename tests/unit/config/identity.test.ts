// IDENTITY_PROVIDERS, ACCESS and PUBLIC_URL: what is refused, and in which words.

import { describe, expect, it } from "vitest";
import { requireConfig } from "../../../src/config.ts";

const KEY_PART = "A".repeat(43);
const ENVIRONMENT = {
  DATABASE_URL: "postgres://gate:hunter2@db.example.com/audit",
  UPSTASH_REDIS_REST_URL: "https://redis.example.com",
  UPSTASH_REDIS_REST_TOKEN: "hunter2-token",
  KEY_PEPPER: "hunter2-pepper-of-at-least-32-characters",
  PROXY_SIGNING_KEY: JSON.stringify({ kty: "OKP", crv: "Ed25519", x: KEY_PART, d: KEY_PART }),
  APPROVAL_SIGNING_KEY: JSON.stringify({ kty: "OKP", crv: "Ed25519", x: KEY_PART, d: KEY_PART }),
  AUDIT_SIGNING_KEY: JSON.stringify({ kty: "OKP", crv: "Ed25519", x: KEY_PART, d: KEY_PART }),
  CLUSTERS: '[{"name":"prod","url":"https://proxy.example.com"}]',
  PUBLIC_URL: "https://gatehouse.example",
};
const FILE = { roles: { reader: { grants: [{ permissions: ["k8s:read"] }] } } };
const ROLES = { claim: "groups", map: { dev: ["reader"] } };
const PROVIDER = { name: "okta", issuer: "https://login.example.com/", roles: ROLES };
const TEAM = { team: "https://acme.cloudflareaccess.com", audience: "tag", roles: { claim: "email", map: {} } };

const environment = (changes: Readonly<Record<string, unknown>>) => ({
  ...ENVIRONMENT,
  ...Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : value]),
  ),
});

describe("identity", () => {
  it("is off where nothing is said of it, and where its variables are empty", () => {
    const off = { PUBLIC_URL: "", IDENTITY_PROVIDERS: "[]", ACCESS: "" };

    const config = requireConfig(environment(off), FILE);

    expect(config).toMatchObject({ IDENTITY_PROVIDERS: [] });
    expect(config.ACCESS).toBeUndefined();
    expect(config.PUBLIC_URL).toBeUndefined();
  });

  it("has defaults that are the careful ones", () => {
    const config = requireConfig(environment({ IDENTITY_PROVIDERS: [PROVIDER], ACCESS: TEAM }), FILE);

    expect(config.IDENTITY_PROVIDERS).toMatchObject([
      { kind: "agent", principal: "sub", scopes: "narrow", algorithms: ["RS256", "ES256", "EdDSA"] },
    ]);
    expect(config.ACCESS).toMatchObject({ team: "https://acme.cloudflareaccess.com" });
  });

  it("may be on this machine without TLS", () => {
    const local = { ...PROVIDER, issuer: "http://127.0.0.1:8080" };

    expect(() => requireConfig(environment({ IDENTITY_PROVIDERS: [local] }), FILE)).not.toThrow();
  });
});

const provider = (changes: object) => ({ IDENTITY_PROVIDERS: [{ ...PROVIDER, ...changes }] });

const FAULTS: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
  [{ PUBLIC_URL: "https://gatehouse.example/" }, "PUBLIC_URL: must be an origin"],
  [{ PUBLIC_URL: "https://gatehouse.example/mcp" }, "PUBLIC_URL: must be an origin"],
  [{ PUBLIC_URL: "http://gatehouse.example" }, "PUBLIC_URL: must be an origin"],
  [{ PUBLIC_URL: "", IDENTITY_PROVIDERS: [PROVIDER] }, "PUBLIC_URL: is missing"],
  [{ IDENTITY_PROVIDERS: "hunter2" }, "IDENTITY_PROVIDERS: is not JSON"],
  [{ IDENTITY_PROVIDERS: {} }, "IDENTITY_PROVIDERS: "],
  [{ IDENTITY_PROVIDERS: [PROVIDER, { ...PROVIDER, issuer: "https://b.example" }] }, "two providers share a name"],
  [{ IDENTITY_PROVIDERS: [PROVIDER, { ...PROVIDER, name: "b" }] }, "two providers share an issuer"],
  [provider({ name: "Okta" }), "[0].name"],
  [provider({ name: "agent" }), "must be none of access, agent"],
  [provider({ name: "access" }), "must be none of access, agent"],
  [provider({ issuer: "http://login.example.com" }), "[0].issuer"],
  [provider({ issuer: "https://u:hunter2@login.example.com" }), "[0].issuer"],
  [provider({ issuer: "https://login.example.com?a=b" }), "[0].issuer"],
  [provider({ jwks_url: "file:///keys" }), "[0].jwks_url"],
  [provider({ algorithms: ["HS256"] }), "[0].algorithms[0]"],
  [provider({ algorithms: ["none"] }), "[0].algorithms[0]"],
  [provider({ algorithms: [] }), "[0].algorithms"],
  [provider({ kind: "robot" }), "[0].kind"],
  [provider({ scopes: "widen" }), "[0].scopes"],
  [provider({ client_secret: "hunter2" }), "client_secret"],
  [provider({ roles: { ...ROLES, map: { dev: [] } } }), "[0].roles.map.dev"],
  [
    provider({ roles: { ...ROLES, map: { dev: ["raeder"] } } }),
    'okta names roles that gatehouse.json does not have: "raeder"',
  ],
  [provider({ roles: { ...ROLES, default: ["none"] } }), 'gatehouse.json does not have: "none"'],
  [{ ACCESS: "hunter2" }, "ACCESS: is not JSON"],
  [{ ACCESS: { ...TEAM, team: "https://acme.cloudflareaccess.com/" } }, "ACCESS: "],
  [{ ACCESS: { ...TEAM, audience: "" } }, "at audience"],
  [{ ACCESS: { ...TEAM, roles: { claim: "email", map: { "Mira@example.com": ["reader"] } } } }, "lower case"],
  [{ ACCESS: { ...TEAM, roles: { claim: "email", map: { "a@b.example": ["x"] } } } }, "ACCESS: names roles"],
];

describe("a fault in it", () => {
  it("can be one of so many here", () => {
    expect(FAULTS).toHaveLength(29);
  });

  it.each(FAULTS)("stops the start and is named: %j", (changes, words) => {
    const start = () => requireConfig(environment(changes), FILE);

    expect(start).toThrow("1 fault(s) in its configuration");
    expect(start).toThrow(words);
    expect(start).not.toThrow("hunter2");
  });
});
