// What of a call's arguments may be written down: no secrets, nothing PostgreSQL would refuse, not more than 4 KiB.

import { byteLength, isLongerThan } from "../bytes.ts";
import { sha256 } from "./record.ts";

/** Large enough for every argument a person would read; a flood of large rows is what fills an audit log. */
export const MAX_PARAMS_BYTES = 4 * 1024;
const PREVIEW_CHARS = 1_024;

export interface RecordedParams {
  readonly params: unknown;
  /** SHA-256 of the redacted arguments, only where they were too large to keep whole. */
  readonly paramsDigest?: string;
}

/** `omitted` names top-level arguments whose values are the caller's own business: only their size is kept. */
export function redactParams(args: unknown, omitted: readonly string[] = []): RecordedParams {
  const redacted = redact(args, omitted);
  if (redacted === undefined) return { params: undefined };

  const json = JSON.stringify(redacted);
  if (!isLongerThan(json, MAX_PARAMS_BYTES)) return { params: redacted };
  const preview = json.slice(0, PREVIEW_CHARS).toWellFormed();
  return { params: { truncated: true, bytes: byteLength(json), preview }, paramsDigest: sha256(json) };
}

/** Text of a caller's that is recorded by itself: the name of a tool that does not exist, for one. */
export function redactText(text: string): string {
  // Cut last: half a secret is not recognised as one.
  const kept = redactString(text);
  return kept.length > 128 ? `${kept.slice(0, 128).toWellFormed()}…` : kept;
}

function redact(value: unknown, omitted: readonly string[]): unknown {
  if (typeof value === "string") return redactString(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redact(item, []));

  const kept = Object.entries(value).map(([key, child]): [string, unknown] => {
    if (omitted.includes(key)) return [key, { omitted: true, bytes: byteLength(JSON.stringify(child)) }];
    if (SECRET_KEY.test(key)) return [redactString(key), "[REDACTED:key]"];
    return [redactString(key), redact(child, [])];
  });
  return Object.fromEntries(kept);
}

const SECRET_KEY = /pass(word|wd|phrase)|secret|token|authorization|cookie|credential|api[-_]?key|private[-_]?key/i;

/**
 * Each of these, once begun, ends where its characters end and never has to look back: a frame full of beginnings costs
 * one walk through it. So `jwt` takes any base64url JSON, whether or not the dots of a token follow.
 */
const SECRET_VALUES = [
  ["gatehouse-key", /ghk_[a-z0-9]{16}_[A-Za-z0-9_-]{20,}/g],
  ["jwt", /eyJ[A-Za-z0-9_-]{8}[A-Za-z0-9_.-]*/g],
  ["pem", /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,60}-----|$)/g],
  ["aws-key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ["github-token", /\bgh[pousr]_[A-Za-z0-9]{20,}/g],
  ["slack-token", /\bxox[abprs]-[A-Za-z0-9-]{10,}/g],
  ["bearer", /\b(?:bearer|basic)\s{1,4}[A-Za-z0-9+/=._~-]{8,}/gi],
  ["url-password", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,200}:[^\s/@]{1,200}@/g],
] as const;

function redactString(text: string): string {
  let kept = clean(text);
  // Shorter than any secret of the table: most arguments end here.
  if (kept.length < 8) return kept;
  for (const [kind, pattern] of SECRET_VALUES) kept = kept.replace(pattern, `[REDACTED:${kind}]`);
  return kept;
}

/** `jsonb` takes neither NUL nor half a surrogate pair; one such row would hold up every row behind it. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\uFFFD");
}
