// Who calls, and what their roles allow: small enough to keep in mind while reading a test.

import type * as z from "zod";
import type { Roles } from "../../src/access/policy.ts";
import type { Principal } from "../../src/access/principal.ts";
import type { KeyRecord } from "../../src/ports/key-directory.ts";
import { START_MS } from "./clock.ts";

export const ROLES: z.output<typeof Roles> = {
  agent: { grants: [] },
  observer: {
    grants: [{ permissions: ["k8s:read", "prometheus:query", "logs:read"], clusters: ["*"], namespaces: ["*"] }],
  },
  "shop-observer": {
    grants: [
      {
        permissions: ["k8s:read", "prometheus:query", "logs:read"],
        clusters: ["prod"],
        namespaces: ["shop", "shop-*"],
      },
    ],
  },
  platform: {
    grants: [{ permissions: ["k8s:*", "prometheus:*", "logs:read"], clusters: ["*"], namespaces: ["*"] }],
  },
  auditor: { grants: [{ permissions: ["audit:read", "audit:read_payload"], clusters: ["*"], namespaces: ["*"] }] },
  "shop-auditor": {
    grants: [{ permissions: ["audit:read", "audit:read_payload"], clusters: ["prod"], namespaces: ["shop", "shop-*"] }],
  },
  administrator: { grants: [{ permissions: ["keys:admin"], clusters: ["*"], namespaces: ["*"] }] },
  operator: { grants: [{ permissions: ["runbooks:execute"], clusters: ["*"], namespaces: ["*"] }] },
  "shop-operator": {
    grants: [{ permissions: ["runbooks:execute"], clusters: ["*"], namespaces: ["shop", "shop-*"] }],
  },
};

export const KEY_ID = "abcdefghijklmnop";
export const EXPIRES_AT_MS = START_MS + 30 * 86_400_000;

export function principal(roles: readonly string[] = ["observer"]): Principal {
  const credential = { kind: "key", id: KEY_ID } as const;
  return { id: "agent:atlas", kind: "agent", roles: [...roles], credential, expiresAtMs: EXPIRES_AT_MS };
}

export function keyRecord(changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    keyId: KEY_ID,
    secretHmac: "00".repeat(32),
    principalId: "agent:atlas",
    kind: "agent",
    roles: ["observer"],
    onBehalfOf: undefined,
    owner: undefined,
    expiresAtMs: EXPIRES_AT_MS,
    revokedAtMs: undefined,
    ...changes,
  };
}
