import { describe, expect, it } from "vitest";
import { ConfigError, requireConfig } from "../../src/config.ts";

const ENVIRONMENT = {
  DATABASE_URL: "postgres://gate:hunter2@db.example.com/audit",
  UPSTASH_REDIS_REST_URL: "https://redis.example.com",
  UPSTASH_REDIS_REST_TOKEN: "hunter2-token",
  KEY_PEPPER: "hunter2-pepper-of-at-least-32-characters",
  PROXY_SIGNING_KEY:
    '{"kty":"OKP","crv":"Ed25519","x":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","d":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}',
  APPROVAL_SIGNING_KEY:
    '{"kty":"OKP","crv":"Ed25519","x":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","d":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}',
  AUDIT_SIGNING_KEY:
    '{"kty":"OKP","crv":"Ed25519","x":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","d":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}',
  CLUSTERS: '[{"name":"prod","url":"https://proxy.example.com"}]',
};
const FILE = { roles: { reader: { grants: [{ permissions: ["k8s:read"] }] } } };

const messageOf = (environment: unknown, file: unknown = FILE): string => {
  try {
    requireConfig(environment, file);
  } catch (cause) {
    return cause instanceof ConfigError ? cause.message : "something else was thrown";
  }
  return "";
};

describe("a configuration that is complete", () => {
  it("is taken, with defaults for what may be left out", () => {
    expect(requireConfig(ENVIRONMENT, FILE)).toMatchObject({
      CLUSTERS: [{ name: "prod", url: "https://proxy.example.com" }],
      PROXY_SIGNING_KEY: { crv: "Ed25519" },
      ALLOWED_ORIGINS: [],
      AUDIT_DRAIN_DELAY_MS: 10_000,
      AUDIT_KEEP_DAYS: 90,
      FRAME_RATE: "200/second",
      roles: { reader: { grants: [{ clusters: ["*"], namespaces: ["*"] }] } },
      quotas: { default: { minute: 600, hour: 10_000, day: 100_000 }, roles: {} },
    });
  });

  it("may name origins", () => {
    const config = requireConfig(
      { ...ENVIRONMENT, ALLOWED_ORIGINS: "https://a.example.com, http://localhost:5173," },
      FILE,
    );

    expect(config.ALLOWED_ORIGINS).toEqual(["https://a.example.com", "http://localhost:5173"]);
  });
});

const FAULTS: readonly (readonly [string, string, string])[] = [
  ["DATABASE_URL", "mysql://gate:hunter2@db/audit", "must be a postgres:// URL"],
  ["DATABASE_URL", "hunter2", "must be a postgres:// URL"],
  ["UPSTASH_REDIS_REST_URL", "redis://hunter2", "must be an https:// URL"],
  ["UPSTASH_REDIS_REST_TOKEN", "", ">=1 characters"],
  ["KEY_PEPPER", "hunter2", "at least 32 characters"],
  ["PROXY_SIGNING_KEY", "hunter2", "is not JSON"],
  [
    "PROXY_SIGNING_KEY",
    '{"kty":"OKP","crv":"Ed25519","x":"hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","d":"hunter2"}',
    "32 bytes",
  ],
  ["PROXY_SIGNING_KEY", '{"kty":"RSA","crv":"Ed25519","x":"hunter2","d":"hunter2"}', "kty"],
  ["PROXY_SIGNING_KEY", '{"kty":"OKP","crv":"Ed25519","x":"hunter2"}', "at d"],
  ["AUDIT_DRAIN_DELAY_MS", "", "whole number"],
  ["CLUSTERS", "hunter2", "is not JSON"],
  ["CLUSTERS", "[]", ">=1 items"],
  ["CLUSTERS", '[{"name":"Prod","url":"https://hunter2"}]', "[0].name"],
  ["CLUSTERS", '[{"name":"prod","url":"file:///hunter2"}]', "[0].url"],
  ["CLUSTERS", '[{"name":"p","url":"https://a"},{"name":"p","url":"https://b"}]', "share a name"],
  ["CLUSTERS", '[{"name":"p","url":"https://a","key":"KEY_PEPPER"}]', "must name a secret"],
  ["CLUSTERS", '[{"name":"p","url":"https://a","key":{"kty":"OKP","d":"hunter2"}}]', "[0].key"],
  ["ALLOWED_ORIGINS", "https://a.example.com/", "must be origins such as"],
  ["ALLOWED_ORIGINS", "null", "must be origins such as"],
  ["ALLOWED_ORIGINS", "*", "must be origins such as"],
  ["AUDIT_DRAIN_DELAY_MS", "hunter2", "whole number"],
  ["AUDIT_DRAIN_DELAY_MS", "60001", "<=60000"],
  ["AUDIT_KEEP_DAYS", "29", ">=30"],
  ["FRAME_RATE", "hunter2", "must read like"],
];

describe("a cluster with a key of its own", () => {
  const CLUSTERS =
    '[{"name":"a","url":"https://a.example.com"},{"name":"b","url":"https://b.example.com","key":"PROXY_SIGNING_KEY_B"}]';

  it("names the secret that holds it", () => {
    const own = ENVIRONMENT.PROXY_SIGNING_KEY.replaceAll("hunter2", "hunter3");

    const { clusterKeys } = requireConfig({ ...ENVIRONMENT, CLUSTERS, PROXY_SIGNING_KEY_B: own }, FILE);

    expect([...clusterKeys.keys()]).toEqual(["b"]);
    expect(clusterKeys.get("b")).toEqual(JSON.parse(own));
  });

  it.each([
    [undefined, "PROXY_SIGNING_KEY_B: is missing"],
    ["hunter2", "PROXY_SIGNING_KEY_B: is not JSON"],
    ['{"kty":"OKP","crv":"Ed25519","x":"hunter2"}', "PROXY_SIGNING_KEY_B: "],
  ])("needs that secret to be a key, and not %s", (PROXY_SIGNING_KEY_B, words) => {
    const message = messageOf({ ...ENVIRONMENT, CLUSTERS, PROXY_SIGNING_KEY_B });

    expect(message).toContain(words);
    expect(message).not.toContain("hunter2");
  });
});

describe("a configuration with a fault", () => {
  it("can have this many here", () => {
    expect(FAULTS).toHaveLength(24);
  });

  it.each(FAULTS)("is refused by naming it: %s=%s", (name, value, words) => {
    const message = messageOf({ ...ENVIRONMENT, [name]: value });

    expect(message).toContain(`1 fault(s)`);
    expect(message).toMatch(new RegExp(`\\n {2}- ${name}\\b`));
    expect(message).toContain(words);
    expect(message).not.toContain("is missing");
    expect(message).not.toContain("hunter2");
  });

  it.each(Object.keys(ENVIRONMENT))("is refused without %s, as missing", (name) => {
    const environment = Object.fromEntries(Object.entries(ENVIRONMENT).filter(([key]) => key !== name));

    expect(messageOf(environment)).toContain(`1 fault(s) in its configuration.\n  - ${name}: is missing`);
  });

  it("is refused once, for all its faults together, in the environment and the file", () => {
    const message = messageOf(
      { ...ENVIRONMENT, DATABASE_URL: "hunter2", KEY_PEPPER: "hunter2", CLUSTERS: undefined },
      { roles: "hunter2" },
    );

    expect(message.split("\n")).toEqual([
      "Gatehouse cannot start: 4 fault(s) in its configuration.",
      expect.stringContaining("DATABASE_URL: must be"),
      expect.stringContaining("KEY_PEPPER: must have"),
      "  - CLUSTERS: is missing",
      expect.stringMatching(/gatehouse\.json: roles: (?!is missing)/),
    ]);
    expect(message).not.toContain("hunter2");
  });

  it("is refused for a permission nobody knows, by the way to it", () => {
    const file = { roles: { reader: { grants: [{ permissions: ["k8s:raed"] }] } } };

    expect(messageOf(ENVIRONMENT, file)).toMatch(
      /roles\.reader\.grants\.0\.permissions\.0: unknown permission "k8s:raed"/,
    );
  });

  it("is refused for the quota of a role that does not exist: it would never be applied", () => {
    const quotas = { roles: { reader: { hour: 50 }, raeder: { hour: 50 } } };

    expect(
      messageOf(ENVIRONMENT, { ...FILE, quotas })
        .split("\n")
        .slice(1),
    ).toEqual(["  - gatehouse.json: quotas.roles.raeder: there is no such role"]);
  });

  it.each([[null], [7], [{}], [{ roles: {}, extra: 1 }]])("is refused for a file that is none: %j", (file) => {
    expect(messageOf(ENVIRONMENT, file)).toContain("gatehouse.json");
  });
});
