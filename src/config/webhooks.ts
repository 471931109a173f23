// Where people are told: the checked form of WEBHOOKS, a secret, because whoever knows such an address can write there.

import * as z from "zod";

export const WEBHOOK_EVENTS = ["approval", "run", "notify", "switch"] as const;

export const Webhooks = z
  .array(
    z.strictObject({
      /** What a runbook's `notify` calls it. */
      name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes"),
      format: z.enum(["slack", "generic"]),
      url: z.string().refine(isPrivate, "must be an https:// URL (http:// on this machine only)"),
      /** What it is sent without being named. */
      events: z.array(z.enum(WEBHOOK_EVENTS)).default(["approval", "run", "switch"]),
    }),
  )
  .max(20)
  .refine((hooks) => new Set(hooks.map(({ name }) => name)).size === hooks.length, "two webhooks share a name");
export type Webhook = z.output<typeof Webhooks>[number];

/** What people are told names runbooks, clusters and people: it crosses no network in the open. */
function isPrivate(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
