// The one place where permission is given. Whoever holds a Grant was allowed; nothing else can make one.

import { err, ok } from "../result.ts";
import { expand } from "./permission.ts";
import type { Result } from "../result.ts";
import type { Permission, Requirement } from "./permission.ts";
import type { Policy, Scope } from "./policy.ts";
import type { Caller, Principal } from "./principal.ts";

/** Where a call would act, once its arguments are parsed. */
export interface Target {
  readonly cluster: string;
  /** Left out by a call about the cluster as a whole, which only a grant for every namespace covers. */
  readonly namespace?: string;
  /** The call keeps to the grant's own namespaces, whichever they are: see `namespacesIn`. */
  readonly keepsToGrant?: true;
}

export type Denied =
  | { readonly kind: "unauthenticated" }
  | { readonly kind: "permission_denied"; readonly permission: string }
  /** The roles would allow it and the token does not. `scopes` is all that the call needs, for one complete challenge. */
  | { readonly kind: "insufficient_scope"; readonly permission: string; readonly scopes: readonly string[] }
  | {
      readonly kind: "out_of_scope";
      readonly permission: string;
      readonly target: Target;
      readonly scopes: readonly Scope[];
    };

class Permitted {
  readonly caller: Caller;
  /** Everywhere it holds, for what cannot be asked one target at a time. */
  readonly scopes: readonly Scope[];
  readonly #requirement: Requirement;

  constructor(caller: Caller, requirement: Requirement, scopes: readonly Scope[]) {
    this.caller = caller;
    this.#requirement = requirement;
    this.scopes = scopes;
  }

  /** For tools that keep something for their caller. Throws for a public call: such a tool must not be public. */
  get principal(): Principal {
    if (this.caller.kind === "anonymous") throw new Error("a public call has no principal");
    return this.caller;
  }

  /** Asked of the parsed value, never of the raw arguments: what is checked is what is used. */
  covers(target: Target): Result<undefined, Denied> {
    const isCovered = this.scopes.some(
      ({ clusters, namespaces }) =>
        matches(clusters, target.cluster) && (target.keepsToGrant === true || reaches(namespaces, target.namespace)),
    );
    if (isCovered) return ok(undefined);
    return err({ kind: "out_of_scope", permission: this.#requirement, target, scopes: this.scopes });
  }

  /** Where in a cluster this grant reaches: names, prefixes, or `*` alone. Sorted, so that equal grants look equal. */
  namespacesIn(cluster: string): readonly string[] {
    const scopes = this.scopes.filter(({ clusters }) => matches(clusters, cluster));
    const namespaces = new Set(scopes.flatMap((scope) => scope.namespaces));
    return namespaces.has("*") ? ["*"] : [...namespaces].toSorted();
  }
}

/** Proof that `authorize` said yes. Only the type leaves this file. */
export type Grant = Permitted;

/** Called for every call, never once for a connection: a role taken away stops the next call. */
export function authorize(caller: Caller, requirement: Requirement, policy: Policy): Result<Grant, Denied> {
  if (requirement === "public") return ok(new Permitted(caller, requirement, []));
  if (caller.kind === "anonymous") return err({ kind: "unauthenticated" });
  if (requirement === "authenticated") return ok(new Permitted(caller, requirement, []));

  const scopes = policy.scopes(caller.roles, requirement);
  if (scopes.length === 0) return err({ kind: "permission_denied", permission: requirement });
  // Asked second: whom no token could help must not be sent to fetch one.
  if (!isWithinScopes(caller, requirement))
    return err({ kind: "insufficient_scope", permission: requirement, scopes: [requirement] });
  return ok(new Permitted(caller, requirement, scopes));
}

/** Whoever lacks nothing but a scope must see what there is, or would never learn that a better token helps. */
export function isWithinRoles(caller: Caller, requirement: Requirement, policy: Policy): boolean {
  const asked = authorize(caller, requirement, policy);
  return asked.ok || asked.error.kind === "insufficient_scope";
}

/** A token only ever narrows: what it names beyond the roles gives nothing. */
function isWithinScopes({ scopes }: Principal, requirement: Permission): boolean {
  return scopes === undefined || scopes.some((pattern) => expand(pattern).includes(requirement));
}

/** Without a namespace a call reaches all of them, so the scope must, too. */
function reaches(namespaces: readonly string[], asked: string | undefined): boolean {
  return asked === undefined ? namespaces.includes("*") : matches(namespaces, asked);
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
