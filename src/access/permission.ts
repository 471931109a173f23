// Everything that can be permitted. The list is closed: a word that is not here can be neither granted nor required.

import * as z from "zod";

export const PERMISSIONS = [
  "k8s:read",
  "k8s:nodes",
  "prometheus:query",
  "prometheus:admin",
  "logs:read",
  "runbooks:read",
  "runbooks:request",
  "runbooks:execute",
  "runbooks:approve",
  "runbooks:break_glass",
  "runbooks:kill",
  "audit:read",
  "audit:read_payload",
  "sessions:read",
  "sessions:manage",
  "keys:admin",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What an agent that only looks needs, and what a client is told to ask its authorization server for at first. */
export const READ_SCOPES = ["k8s:read", "prometheus:query", "logs:read"] as const satisfies readonly Permission[];

/** What a tool asks of its caller: nothing, any valid credential, or one permission. */
export type Requirement = "public" | "authenticated" | Permission;

/**
 * A permission as a role may write it: one of the list, or a whole last segment as `*` (`k8s:*`). A pattern that
 * matches nothing is a mistake and is refused. `*` alone is not a pattern: nobody holds everything by accident.
 */
export const PermissionPattern = z.string().refine((pattern) => expand(pattern).length > 0, {
  error: ({ input }) =>
    `unknown permission ${JSON.stringify(input)}; known: ${PERMISSIONS.join(", ")}, or k8s:* and the like`,
});

export function expand(pattern: string): readonly Permission[] {
  if (!pattern.endsWith(":*")) return PERMISSIONS.filter((permission) => permission === pattern);
  return PERMISSIONS.filter((permission) => permission.startsWith(pattern.slice(0, -1)) && !NAMED_ONLY.has(permission));
}

/** What one person does so that another need not be trusted alone: no `*` gives it, a role must say it. */
const NAMED_ONLY: ReadonlySet<Permission> = new Set(["runbooks:approve", "runbooks:break_glass", "runbooks:kill"]);
