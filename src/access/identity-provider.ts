// Whose tokens prove somebody here, and what they say about roles: the checked form of IDENTITY_PROVIDERS and ACCESS.

import * as z from "zod";

/** Only signatures that anybody can check and nobody but the issuer can make: with HS256 our own copy of the key could. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const;

/** Begins of principals' names that are not a provider's to give: keys have been made for such, and Access has its own. */
const RESERVED_NAMES = ["access", "agent", "anonymous", "human", "key", "operator", "system", "user"];

/** What is fetched over plain HTTP anybody on the way can write: allowed to a machine that talks to itself only. */
const TrustedUrl = z
  .string()
  .refine(isTrusted, "must be an https:// URL (http:// on this machine only) without a query or a fragment");

const RoleMapping = z.strictObject({
  /** A claim's name, or the way to it with dots: `realm_access.roles`. */
  claim: z.string().min(1).max(256),
  map: z.record(z.string(), z.array(z.string()).min(1)),
  /** For whoever has none of the values in the map. Left out: no roles. */
  default: z.array(z.string()).optional(),
});
export type RoleMapping = z.output<typeof RoleMapping>;

const IdentityProvider = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, "must be lower-case letters, digits and dashes, at most 32")
    .refine((name) => !RESERVED_NAMES.includes(name), `must be none of ${RESERVED_NAMES.join(", ")}`),
  issuer: TrustedUrl,
  /** Left out, it is found in the issuer's metadata. */
  jwks_url: TrustedUrl.optional(),
  /** Left out, it is the canonical address of this server. */
  audience: z.string().min(1).optional(),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(["RS256", "ES256", "EdDSA"]),
  /** RFC 9068: `at+jwt`, where the issuer writes it. */
  typ: z.string().min(1).optional(),
  /** Older tokens are refused, however long they would still be good. */
  max_age_s: z.int().min(1).optional(),
  kind: z.enum(["agent", "human"]).default("agent"),
  principal: z.string().min(1).default("sub"),
  on_behalf_of: z.string().min(1).optional(),
  roles: RoleMapping,
  scopes: z.enum(["narrow", "ignore"]).default("narrow"),
});
export type IdentityProvider = z.output<typeof IdentityProvider>;

export const IdentityProviders = z
  .array(IdentityProvider)
  .max(16)
  .refine((all) => isDistinct(all.map(({ name }) => name)), "two providers share a name")
  .refine((all) => isDistinct(all.map(({ issuer }) => issuer)), "two providers share an issuer");

export const AccessTeam = z.strictObject({
  team: z.string().refine((text) => isTrusted(text) && new URL(text).origin === text, {
    error: "must be an origin such as https://acme.cloudflareaccess.com",
  }),
  /** The tag of the Access application in front of this server. */
  audience: z.string().min(1),
  roles: RoleMapping.refine(
    ({ claim, map }) => claim !== "email" || Object.keys(map).every((address) => address === address.toLowerCase()),
    "e-mail addresses must be in lower case",
  ),
});
export type AccessTeam = z.output<typeof AccessTeam>;

/** Every role that a mapping may give. */
export function rolesIn({ map, default: others = [] }: RoleMapping): readonly string[] {
  return [...Object.values(map).flat(), ...others];
}

/** An origin or an address below one, over TLS or within this machine. */
export function isTrusted(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  const isSafe = protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname));
  return isSafe && `${search}${hash}${username}${password}` === "";
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

function isDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
