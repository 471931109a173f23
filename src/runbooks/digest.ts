// One text for one value, whatever order its keys were written in, and the digest of that text.

import { hash } from "node:crypto";
import { isRecord } from "./path.ts";

/** JSON as RFC 8785 has it: keys sorted by their UTF-16 units, no spaces, numbers and texts as ECMAScript writes them. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonical(item)).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** SHA-256 of the canonical JSON, hex. */
export function digestOf(value: unknown): string {
  return hash("sha256", canonical(value));
}
