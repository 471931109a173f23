// What a deployment is told from outside, checked once at its start. A fault stops it, and all faults are named together.

import * as z from "zod";
import { AccessTeam, IdentityProviders, isTrusted } from "./access/identity-provider.ts";
import { Roles } from "./access/policy.ts";
import { Quotas } from "./access/quotas.ts";
import { identityFaults } from "./config/identity.ts";
import { Rate } from "./limits/rate.ts";
import { AuditForward, Traces } from "./config/operations.ts";
import { Webhooks } from "./config/webhooks.ts";

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text, context) => {
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      const message = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll("\n", " ") : "is not JSON";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
  });

export const Clusters = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
      url: z.url({ protocol: /^https?$/, error: "must be an https:// URL" }),
      /** The secret that holds its key, never the key: this list is no secret. */
      key: z
        .string()
        .regex(/^PROXY_SIGNING_KEY_[A-Z0-9_]{1,64}$/, "must name a secret PROXY_SIGNING_KEY_…")
        .optional(),
      /** Its actions proxy, where it has one: without it runbooks can read there and change nothing. */
      actions_url: z.url({ protocol: /^https?$/, error: "must be an https:// URL" }).optional(),
    }),
  )
  .min(1)
  .refine(
    (clusters) => new Set(clusters.map(({ name }) => name)).size === clusters.length,
    "two clusters share a name",
  );

/** RFC 8037 §2: 32 bytes in base64url. */
const KeyPart = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be 32 bytes in base64url");
export const PrivateKey = z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: KeyPart, d: KeyPart });

const Origins = z.string().transform((text) =>
  text
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== ""),
);

/** As digits and nothing else: an empty variable must not pass for a zero. */
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** Off, where it is empty: `[vars]` can list what there is to set. */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }),
  UPSTASH_REDIS_REST_URL: z.url({ protocol: /^https?$/, error: "must be an https:// URL" }),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  KEY_PEPPER: z.string().min(32, "must have at least 32 characters"),
  PROXY_SIGNING_KEY: json(PrivateKey),
  /** Signs what an approval is carried in, and nothing else. */
  APPROVAL_SIGNING_KEY: json(PrivateKey),
  /** The one before, for as long as its tokens live: a quarter of an hour. */
  APPROVAL_SIGNING_KEY_PREVIOUS: unlessEmpty(json(PrivateKey)),
  WEBHOOKS: unlessEmpty(json(Webhooks)),
  /** Signs checkpoints and roots of the audit log, and nothing else. */
  AUDIT_SIGNING_KEY: json(PrivateKey),
  /** As gatehouse_reader, for the console's Audit and Usage and for `audit.search`; without it they are switched off. */
  DATABASE_READER_URL: unlessEmpty(z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" })),
  /** Where audit rows are pushed to as they arrive. */
  AUDIT_FORWARD: unlessEmpty(json(AuditForward)),
  /** What a scraper of /metrics presents as bearer; without it there is no /metrics. */
  METRICS_TOKEN: unlessEmpty(z.string().min(32, "must have at least 32 characters")),
  TRACES: unlessEmpty(json(Traces)),
  CLUSTERS: json(Clusters),
  ALLOWED_ORIGINS: Origins.pipe(
    z.array(z.string().refine(isOrigin, "must be origins such as https://console.example.com")),
  ).default([]),
  PUBLIC_URL: unlessEmpty(
    z
      .string()
      .refine((text) => isTrusted(text) && isOrigin(text), "must be an origin such as https://gatehouse.example.com"),
  ),
  /** Where people open the console, if not at PUBLIC_URL. */
  CONSOLE_URL: unlessEmpty(
    z
      .string()
      .refine((text) => isTrusted(text) && isOrigin(text), "must be an origin such as https://console.example.com"),
  ),
  IDENTITY_PROVIDERS: json(IdentityProviders).default([]),
  ACCESS: unlessEmpty(json(AccessTeam)),
  AUDIT_DRAIN_DELAY_MS: wholeNumber(0, 60_000).default(10_000),
  AUDIT_KEEP_DAYS: wholeNumber(30, 3_650).default(90),
  /** Objects through which the journals reach Postgres: each inserts once a second at most. */
  AUDIT_SHARDS: wholeNumber(1, 64).default(4),
  /** One in how many lines of a finished call is logged; refusals and failures always are. */
  LOG_CALLS_ONE_IN: wholeNumber(0, 1_000_000).default(0),
  FRAME_RATE: Rate.default("200/second"),
});

/** gatehouse.json. */
export const File = z
  .strictObject({ roles: Roles, quotas: Quotas.prefault({}) })
  .superRefine(({ roles, quotas }, context) => {
    for (const role of Object.keys(quotas.roles).filter((name) => !Object.hasOwn(roles, name)))
      context.addIssue({ code: "custom", path: ["quotas", "roles", role], message: "there is no such role" });
  });

type SigningKey = z.output<typeof PrivateKey>;

export type Config = z.output<typeof Environment> & {
  readonly roles: z.output<typeof Roles>;
  readonly quotas: Quotas;
  /** Of the clusters that have a key of their own; the others are spoken to with `PROXY_SIGNING_KEY`. */
  readonly clusterKeys: ReadonlyMap<string, SigningKey>;
};

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** `file` is gatehouse.json. Throws a ConfigError that lists every fault, and no value: most of them are secrets. */
export function requireConfig(environment: unknown, file: unknown): Config {
  // With their input, of which only is asked whether there was any: see `faultsIn`.
  const context = { reportInput: true };
  const [variables, policy] = [Environment.safeParse(environment, context), File.safeParse(file, context)];
  const named = clusterKeys(variables.data?.CLUSTERS ?? [], environment);
  const together = variables.success && policy.success ? identityFaults(variables.data, policy.data.roles) : [];
  if (variables.success && policy.success && named.success && together.length === 0) {
    return { ...variables.data, ...policy.data, clusterKeys: named.keys };
  }

  const faults = [
    ...together.map((fault) => `  - ${fault}`),
    ...faultsIn("", variables.error),
    ...named.errors.flatMap((error) => faultsIn("", error)),
    ...faultsIn("gatehouse.json: ", policy.error),
  ];
  throw new ConfigError(
    `Gatehouse cannot start: ${faults.length} fault(s) in its configuration.\n${faults.join("\n")}`,
  );
}

function clusterKeys(clusters: z.output<typeof Clusters>, environment: unknown) {
  const found = clusters.flatMap(({ name, key }) => {
    if (key === undefined) return [];
    const parsed = z.object({ [key]: json(PrivateKey) }).safeParse(environment, { reportInput: true });
    return [{ name, signingKey: parsed.data?.[key], error: parsed.error }];
  });
  return {
    success: found.every(({ error }) => error === undefined),
    errors: found.flatMap(({ error }) => error ?? []),
    keys: new Map(found.flatMap(({ name, signingKey }) => (signingKey ? [[name, signingKey] as const] : []))),
  };
}

function faultsIn(prefix: string, error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => {
    const isMissing = issue.code === "invalid_type" && issue.input === undefined && issue.path.length === 1;
    return `  - ${prefix}${issue.path.join(".")}: ${isMissing ? "is missing" : issue.message}`;
  });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
