// Whose signatures count: public keys out of a file, or the one that belongs to the deployment's own secret.

import { readFileSync } from "node:fs";
import * as z from "zod";
import { auditKey, type AuditKey } from "../../src/audit/signing.ts";
import { UsageError } from "./source.ts";

const Jwk = z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string().regex(/^[\w-]{43}$/) });
const KeyFile = z.union([
  Jwk.transform((key) => [key]),
  z.looseObject({ keys: z.array(Jwk) }).transform(({ keys }) => keys),
]);

/** One key, or a set of them. Keys of before a rotation belong here for as long as there are rows that they signed. */
export function keysIn(path: string): readonly AuditKey[] {
  const keys = KeyFile.safeParse(jsonIn(path));
  if (!keys.success)
    throw new UsageError(`${path} holds no Ed25519 key: a JWK, or {"keys":[…]} with several, is expected`);
  return keys.data.map(({ x }) => auditKey(x));
}

/** The text of AUDIT_SIGNING_KEY. Only the public half of it is used. */
export function keyOfSecret(secret: string): AuditKey {
  const key = Jwk.safeParse(parse(secret));
  if (!key.success) throw new UsageError("AUDIT_SIGNING_KEY is no Ed25519 JWK: give --keys, or leave it out");
  return auditKey(key.data.x);
}

export function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UsageError(`${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // said by whoever expects a key
  }
}
