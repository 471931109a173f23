// API keys: `ghk_<id>_<secret>`. The id finds the row; only an HMAC of the secret is ever stored.

import { createHmac, timingSafeEqual } from "node:crypto";
import { bytesToBase64url } from "../bytes.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Principal } from "./principal.ts";
import type { TokenFault } from "./token-fault.ts";

export interface ApiKey {
  readonly keyId: string;
  readonly secret: string;
}

/** One row of `api_keys`. `secretHmac` is HMAC-SHA-256 under the deployment's pepper, in hex. */
export interface KeyRecord {
  readonly keyId: string;
  readonly secretHmac: string;
  readonly principalId: string;
  readonly kind: "agent" | "human";
  readonly roles: readonly string[];
  readonly onBehalfOf: string | undefined;
  /** The human to whom it was given: whoever answers for what is done with it. */
  readonly owner: string | undefined;
  /** Every name of whoever made it at the console, and so saw its secret. */
  readonly madeBy?: readonly string[] | undefined;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
}

/**
 * Why a credential proves nothing. An unknown id, a wrong secret and a revoked key read the same outside. What is wrong
 * with a token is said: whoever made it can read it anyway.
 */
export type Unauthenticated =
  { readonly kind: "unauthenticated"; readonly why?: TokenFault } | { readonly kind: "token_expired" };

/** A key must expire: the one that nobody remembers is the one that leaks. */
export const MAX_KEY_DAYS = 90;

/** Of the random part of its id: 80 bits, so that ids do not meet. */
const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567";

const FORM = /^ghk_(?<keyId>[a-z0-9]{16})_(?<secret>[A-Za-z0-9_-]{43})$/;

/** Undefined for anything that is not of the form: such a string is never looked up. */
export function parseApiKey(text: string): ApiKey | undefined {
  const { keyId, secret } = FORM.exec(text)?.groups ?? {};
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

export interface MintedKey {
  readonly keyId: string;
  /** The whole key as its holder presents it. This is the only moment at which it exists here. */
  readonly text: string;
  readonly secretHmac: string;
}

export function mintApiKey(random: (bytes: number) => Uint8Array, pepper: string): MintedKey {
  const keyId = Array.from(random(16), (byte) => ID_CHARACTERS[byte % ID_CHARACTERS.length]).join("");
  const secret = bytesToBase64url(random(32));
  return { keyId, text: `ghk_${keyId}_${secret}`, secretHmac: hmacOfSecret(secret, pepper) };
}

/** The secret has 256 bits of its own, so a keyed hash is enough: there is nothing to slow a guesser down for. */
export function hmacOfSecret(secret: string, pepper: string): string {
  return createHmac("sha256", pepper).update(secret).digest("hex");
}

/** Compares in constant time: how long a refusal takes says nothing about how much of a secret was right. */
export function hasSecret(record: KeyRecord, hmac: string): boolean {
  const encoder = new TextEncoder();
  const [stored, given] = [encoder.encode(record.secretHmac), encoder.encode(hmac)];
  return stored.length === given.length && timingSafeEqual(stored, given);
}

/** Whether the key still stands at this moment, and for whom. Asked again while a session lives. */
export function admit(record: KeyRecord | undefined, nowMs: number): Result<Principal, Unauthenticated> {
  if (record?.revokedAtMs !== undefined || record === undefined) return err({ kind: "unauthenticated" });
  if (record.expiresAtMs <= nowMs) return err({ kind: "token_expired" });

  const { keyId, principalId: id, kind, roles, onBehalfOf, owner, madeBy = [], expiresAtMs } = record;
  return ok({
    id,
    kind,
    roles: [...roles],
    credential: { kind: "key", id: keyId },
    expiresAtMs,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(owner !== undefined && { owner }),
    ...(madeBy.length > 0 && { madeBy: [...madeBy] }),
  });
}
