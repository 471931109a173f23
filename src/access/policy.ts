// Which role may do what, where: the checked form of gatehouse.json.

import { createHash } from "node:crypto";
import * as z from "zod";
import { expand, PermissionPattern } from "./permission.ts";
import { quotaOf, Quotas } from "./quotas.ts";
import type { Permission } from "./permission.ts";
import type { Quota } from "./quotas.ts";

/** An exact name, a prefix (`shop-*`), or `*` for all. */
const NamePattern = z.string().regex(/^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?|[a-z0-9][-a-z0-9]{0,61}\*|\*)$/, {
  error: 'must be a name, a prefix such as "shop-*", or "*"',
});

const RoleGrant = z.strictObject({
  permissions: z.array(PermissionPattern).min(1),
  clusters: z.array(NamePattern).min(1).default(["*"]),
  namespaces: z.array(NamePattern).min(1).default(["*"]),
});

const RoleName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes");

export const Roles = z.record(
  RoleName,
  z.strictObject({ description: z.string().optional(), grants: z.array(RoleGrant) }),
);

/** Where a permission holds. */
export interface Scope {
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
}

export interface Policy {
  /** The first 12 hex digits of the SHA-256 of the roles and quotas: written into every audit row, so that "why was this allowed" can be answered later. */
  readonly version: string;
  readonly has: (role: string) => boolean;
  /** All scopes in which any of the roles grants the permission; none means: denied. */
  readonly scopes: (roles: readonly string[], permission: Permission) => readonly Scope[];
  /** What the holder of these roles may spend, over all its sessions. */
  readonly quota: (roles: readonly string[]) => Quota;
}

export function createPolicy(roles: z.output<typeof Roles>, quotas: Quotas = Quotas.parse({})): Policy {
  const byRole = new Map(Object.entries(roles).map(([name, role]) => [name, role.grants]));
  return {
    version: createHash("sha256").update(JSON.stringify({ roles, quotas })).digest("hex").slice(0, 12),
    has: (role) => byRole.has(role),
    scopes: (held, permission) =>
      held
        .flatMap((role) => byRole.get(role) ?? [])
        .filter((grant) => grant.permissions.some((pattern) => expand(pattern).includes(permission)))
        .map(({ clusters, namespaces }) => ({ clusters, namespaces })),
    quota: (held) => quotaOf(quotas, held),
  };
}
