// What this server is told, checked once at its start: a fault ends the start, and its message holds no value.

import * as z from "zod";
import { isTrusted } from "../src/access/identity-provider.ts";

const Origin = z
  .string()
  .refine((text) => isTrusted(text) && new URL(text).origin === text, "must be an https origin (http on this machine)");

const SigningKey = z.looseObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
export type SigningKey = z.output<typeof SigningKey>;

const Settings = z
  .object({
    /** Of this server, without a slash at its end. */
    ISSUER: Origin,
    /** Gatehouse's `<PUBLIC_URL>/mcp`: the one audience of every token. */
    RESOURCE: z.string().refine(isTrusted, "must be an https URL (http on this machine)"),
    /** The first signs; all are published, so that tokens of the one before it still stand. */
    SIGNING_KEYS: json(z.array(SigningKey).min(1).max(4)),
    /** The Access application in front of /authorize. */
    ACCESS: json(z.strictObject({ team: Origin, audience: z.string().min(1) })).optional(),
  })
  // A one-time code in a log proves that somebody reads this machine's terminal, and nothing more.
  .refine(({ ISSUER, ACCESS }) => ACCESS !== undefined || ISSUER.startsWith("http://"), {
    path: ["ACCESS"],
    error: "is missing: without it anyone who reads the log could sign in as anyone",
  });
export type Settings = z.output<typeof Settings>;

/** Throws on any fault, naming every one. */
export function requireSettings(env: object): Settings {
  const given = Object.entries(env).filter(([, value]) => value !== "");
  const parsed = Settings.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `  - ${path.join(".")}: ${message}`);
  throw new Error(`The authorization server cannot start:\n${faults.join("\n")}`);
}

function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context) => {
      try {
        const value: unknown = JSON.parse(text);
        return value;
      } catch {
        context.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
