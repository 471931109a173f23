// Which keys may be made at the console, and for whom. Each answer is the sentence that a person reads, or undefined for yes.

import { MAX_KEY_DAYS } from "./api-key.ts";
import { PrincipalId } from "./principal.ts";
import type { KeyRecord } from "./api-key.ts";
import type { Permission } from "./permission.ts";
import type { Policy } from "./policy.ts";

export interface KeyRules {
  readonly policy: Pick<Policy, "has" | "scopes">;
  /** Where Cloudflare Access signs people in, no key is a person's. */
  readonly hasAccess: boolean;
  /** Identity providers, whose people are called `<provider>:<subject>`. */
  readonly providers: readonly string[];
}

export interface WantedKey {
  readonly principalId: string;
  readonly kind: KeyRecord["kind"];
  readonly roles: readonly string[];
  readonly onBehalfOf?: string | undefined;
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
  readonly days: number;
}

/**
 * What decides over others, and what runs or oversees the deployment. Whoever may make keys would otherwise make one that
 * approves what another of theirs asks for, or that makes keys when their own was withdrawn. Only the owner of the
 * database gives these, with `npm run keys`.
 */
const NOT_GIVEN_HERE: readonly Permission[] = [
  "runbooks:approve",
  "runbooks:break_glass",
  "runbooks:kill",
  "audit:read",
  "audit:read_payload",
  "sessions:read",
  "sessions:manage",
  "keys:admin",
];

/** Access speaks of its people and services so, whatever the configuration calls the others. */
const ACCESS_PREFIX = "access";

export function isGivable(role: string, { policy }: Pick<KeyRules, "policy">): boolean {
  return policy.has(role) && NOT_GIVEN_HERE.every((permission) => policy.scopes([role], permission).length === 0);
}

export type WhyNot =
  { readonly kind: "invalid"; readonly message: string } | { readonly kind: "forbidden"; readonly message: string };

export function whyNotCreate(wanted: WantedKey, rules: KeyRules): WhyNot | undefined {
  const fault = faultOf(wanted, rules);
  if (fault !== undefined) return { kind: "invalid", message: fault };
  const message = whyNotNamed(wanted.principalId, rules) ?? whyNotHeld(wanted, rules);
  return message === undefined ? undefined : { kind: "forbidden", message };
}

/** Whoever rotates a key sees its secret, and could use it: so it must be one that they might have made. */
export function whyNotRotate(
  key: Pick<KeyRecord, "kind" | "roles" | "principalId">,
  rules: KeyRules,
): string | undefined {
  return whyNotNamed(key.principalId, rules) ?? whyNotHeld(key, rules);
}

function faultOf({ principalId, roles, days, ...texts }: WantedKey, { policy }: KeyRules): string | undefined {
  const name = PrincipalId.safeParse(principalId);
  if (!name.success) return `principal ${name.error.issues[0]?.message ?? "is not a name"}.`;
  const unknown = roles.filter((role) => !policy.has(role));
  if (unknown.length > 0)
    return `gatehouse.json has no role ${unknown.map((role) => JSON.stringify(role)).join(", ")}.`;
  if (days > MAX_KEY_DAYS) return `A key lasts ${MAX_KEY_DAYS} days at most.`;
  const odd = Object.entries(texts).find(([, text]) => text !== undefined && !isPlain(text));
  return odd && `${odd[0] === "onBehalfOf" ? "on_behalf_of" : odd[0]} must be plain text on one line.`;
}

function whyNotNamed(principalId: string, { providers }: KeyRules): string | undefined {
  const prefix = [ACCESS_PREFIX, ...providers].find((provider) => principalId.startsWith(`${provider}:`));
  return prefix && `Names that begin with ${prefix}: belong to those whom it signs in, and to no key.`;
}

function whyNotHeld({ kind, roles }: Pick<WantedKey, "kind" | "roles">, rules: KeyRules): string | undefined {
  if (kind === "human" && rules.hasAccess) return "People sign in through Cloudflare Access here, and hold no keys.";
  const reserved = roles.filter((role) => !isGivable(role, rules));
  if (reserved.length === 0) return undefined;
  return `The role ${reserved.join(", ")} decides over others or runs this deployment: only npm run keys gives it.`;
}

/** It is recorded as it is, and PostgreSQL takes neither NUL nor half a character. */
function isPlain(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]*$/u.test(text);
}
