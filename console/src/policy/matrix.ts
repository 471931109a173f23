// Which role holds which permission, and whether everywhere.

import type { PolicyView } from "../tools/api.ts";

export interface Scope {
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
}

export interface Cell {
  readonly permission: string;
  readonly holds: "nowhere" | "somewhere" | "everywhere";
  readonly scopes: readonly Scope[];
}

type Role = PolicyView["roles"][number];

export function cellsOf({ grants }: Role, permissions: readonly string[]): readonly Cell[] {
  return permissions.map((permission) => {
    const scopes = grants.filter((grant) => grant.permissions.includes(permission));
    return { permission, scopes, holds: holdsIn(scopes) };
  });
}

function holdsIn(scopes: readonly Scope[]): Cell["holds"] {
  if (scopes.length === 0) return "nowhere";
  const isEverywhere = scopes.some(({ clusters, namespaces }) => clusters.includes("*") && namespaces.includes("*"));
  return isEverywhere ? "everywhere" : "somewhere";
}

export interface PermissionFamily {
  readonly name: string;
  /** What stands behind the colon. */
  readonly actions: readonly string[];
}

/** Those that belong together, in the order in which the server lists them. */
export function permissionFamilies(permissions: readonly string[]): readonly PermissionFamily[] {
  const families = new Map<string, string[]>();
  for (const permission of permissions) {
    const [name = "", action = permission] = permission.split(":");
    families.set(name, [...(families.get(name) ?? []), action]);
  }
  return [...families].map(([name, actions]) => ({ name, actions }));
}

/** In the order of the matrix's columns. */
export function inColumns(permissions: readonly string[]): readonly string[] {
  return permissionFamilies(permissions).flatMap(({ name, actions }) =>
    actions.map((action) => (action === name ? name : `${name}:${action}`)),
  );
}
