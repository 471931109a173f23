// The variables as the Worker will read them at its start. Secrets are not known here: each stands in for itself.

import { generateKeyPairSync } from "node:crypto";
import { ConfigError, requireConfig } from "../../src/config.ts";
import type { Finding } from "./finding.ts";

export type Variables = Readonly<Record<string, unknown>>;

export function checkVariables(variables: Variables, file: unknown): readonly Finding[] {
  try {
    requireConfig({ ...placeholders(keysNamedIn(variables)), ...variables }, file);
    return [];
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const faults = cause.message.split("\n").filter((line) => line.startsWith("  - "));
    return faults.map((line) => ({ check: "configuration", fault: line.slice(4) }));
  }
}

/** The clusters that have a key of their own name the secret that holds it. */
export function keysNamedIn({ CLUSTERS }: Variables): readonly string[] {
  return [...String(CLUSTERS).matchAll(/"key"\s*:\s*"(PROXY_SIGNING_KEY_[A-Z0-9_]+)"/g)].map(([, name = ""]) => name);
}

function placeholders(clusterKeys: readonly string[]): Variables {
  const key = JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }));
  const keys = ["PROXY_SIGNING_KEY", "APPROVAL_SIGNING_KEY", "AUDIT_SIGNING_KEY", ...clusterKeys];
  return {
    DATABASE_URL: "postgresql://stands.for/the-secret",
    UPSTASH_REDIS_REST_URL: "https://stands.for.the.secret",
    UPSTASH_REDIS_REST_TOKEN: "stands for the secret",
    KEY_PEPPER: "stands for the secret, and is as long as it",
    ...Object.fromEntries(keys.map((name) => [name, key])),
  };
}
