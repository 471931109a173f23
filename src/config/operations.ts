// Where the log and the traces are sent to: the checked forms of AUDIT_FORWARD and TRACES, which are secrets, because they
// hold what proves us there.

import * as z from "zod";

/** What is sent names people and clusters: it crosses no network in the open. */
const PrivateUrl = z.string().refine(isPrivate, "must be an https:// URL (http:// on this machine only)");

/** A SIEM that takes NDJSON by POST. */
export const AuditForward = z.strictObject({
  url: PrivateUrl,
  /** Sent as `Authorization: Bearer …`. */
  token: z.string().min(1).optional(),
  /** Signs each body: `X-Gatehouse-Signature: sha256=<HMAC, hex>`. */
  secret: z.string().min(32, "must have at least 32 characters").optional(),
});
export type AuditForward = z.output<typeof AuditForward>;

/** An OTLP/HTTP collector. */
export const Traces = z.strictObject({
  /** The whole address: https://collector.example.com/v1/traces */
  url: PrivateUrl,
  headers: z.record(z.string(), z.string()).default({}),
  /** Of calls that nobody traces already; whoever does decides for itself. */
  ratio: z.number().min(0).max(1).default(0.01),
});
export type Traces = z.output<typeof Traces>;

function isPrivate(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
