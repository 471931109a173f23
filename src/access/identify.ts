// From proven claims to a principal: how it is called, which roles it has, and what its token leaves of them.

import { err, ok } from "../result.ts";
import { expand } from "./permission.ts";
import { PrincipalId } from "./principal.ts";
import type { Result } from "../result.ts";
import type { AccessTeam, IdentityProvider, RoleMapping } from "./identity-provider.ts";
import type { Principal } from "./principal.ts";
import type { TokenFault } from "./token-fault.ts";

/** What a token says, once its signature, issuer, audience and times were checked. */
export interface Proven {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAtMs: number;
}

/** Twice what a sensible policy needs; more would not fit beside the session's limits on its socket. */
const MAX_ROLES = 32;

/** `<provider>:<subject>`: a provider speaks for its own people only, whatever its tokens say. */
export function identify(proven: Proven, provider: IdentityProvider): Result<Principal, TokenFault> {
  const { claims, expiresAtMs } = proven;
  const id = principalId(provider.name, claimAt(claims, provider.principal));
  if (!id.ok) return id;
  const onBehalfOf = provider.on_behalf_of === undefined ? undefined : claimAt(claims, provider.on_behalf_of);
  if (onBehalfOf !== undefined && !isPlainText(onBehalfOf)) return err("claims");

  return ok({
    id: id.value,
    kind: provider.kind,
    roles: rolesOf(valuesAt(claims, provider.roles.claim), provider.roles),
    credential: { kind: "token", provider: provider.name },
    expiresAtMs,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(provider.scopes === "ignore" ? {} : { scopes: scopesOf(claims) }),
  });
}

/**
 * Access vouches for people, who have an e-mail address, and for service tokens, which have a `common_name`. A service
 * token is an agent whatever else its assertion says: what asks for a person must not be satisfied by a program.
 */
export function identifyByAccess({ claims, expiresAtMs }: Proven, team: AccessTeam): Result<Principal, TokenFault> {
  const { common_name: service, email } = claims;
  const isService = service !== undefined && service !== "";
  const name = isService ? service : typeof email === "string" && email.toLowerCase();
  // The two kinds of name must not meet: an address has an @, and a service has none.
  if (typeof name !== "string" || name.includes("@") === isService) return err("subject");
  const id = principalId("access", name);
  if (!id.ok) return id;

  const values = team.roles.claim === "email" || isService ? [name] : valuesAt(claims, team.roles.claim);
  return ok({
    id: id.value,
    kind: isService ? "agent" : "human",
    roles: rolesOf(values, team.roles),
    credential: { kind: "access" },
    expiresAtMs,
  });
}

function principalId(prefix: string, subject: unknown): Result<string, TokenFault> {
  const parsed = PrincipalId.safeParse(typeof subject === "string" && subject !== "" ? `${prefix}:${subject}` : "");
  return parsed.success ? ok(parsed.data) : err("subject");
}

function rolesOf(values: readonly string[], { map, default: others = [] }: RoleMapping): string[] {
  const given = values.flatMap((value) => (Object.hasOwn(map, value) ? (map[value] ?? []) : []));
  return [...new Set(given.length > 0 ? given : others)].slice(0, MAX_ROLES);
}

/** RFC 8693 §4.2, and `scp` as some issuers write it. Words that are no permissions of ours mean nothing here. */
function scopesOf(claims: Readonly<Record<string, unknown>>): string[] {
  const words = valuesAt(claims, "scope" in claims ? "scope" : "scp").flatMap((value) => value.split(" "));
  return [...new Set(words)].filter((word) => expand(word).length > 0);
}

function valuesAt(claims: Readonly<Record<string, unknown>>, name: string): string[] {
  const claim = claimAt(claims, name);
  return (Array.isArray(claim) ? claim : [claim]).filter((value) => typeof value === "string");
}

/** The claim of exactly this name (`https://example.com/roles` has dots), else the one to which the dots lead. */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const part of name.split(".")) found = own(found, part);
  return found;
}

function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** It is recorded as it is, and PostgreSQL takes neither NUL nor half a character. */
function isPlainText(value: unknown): value is string {
  return typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,256}$/u.test(value);
}
