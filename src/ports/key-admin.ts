// API keys as those who run a deployment see and change them. A secret passes here as its HMAC, and is read by nobody.

import type { KeyRecord } from "../access/api-key.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

export interface ListedKey extends Omit<KeyRecord, "secretHmac"> {
  readonly note: string | undefined;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | undefined;
}

/** What makes a key this one. */
export interface KeySecret {
  readonly keyId: string;
  readonly secretHmac: string;
}

export interface NewHolder extends Pick<KeyRecord, "principalId" | "kind" | "roles" | "onBehalfOf" | "owner"> {
  readonly note: string | undefined;
}

/** `madeBy`: every name of whoever does it, who saw the secret and so never approves what the key asks for. */
export interface NewKey extends KeySecret {
  readonly holder: NewHolder;
  readonly days: number;
  readonly madeBy: readonly string[];
}

export interface Rotation extends KeySecret {
  /** The key whose holder gets this one. */
  readonly replaces: string;
  readonly overlapMinutes: number;
  readonly days: number;
  readonly madeBy: readonly string[];
}

export type KeyRefused =
  /** The same person has made as many as one may in an hour. */
  | { readonly kind: "too_many" }
  /** There is, or was, a key of this principal: whoever holds another must not become it. */
  | { readonly kind: "name_taken" }
  /** Unknown, or it has ended already. */
  | { readonly kind: "not_found" };

/** Keys that one person may make in an hour: more is a script, or somebody who should not be there. */
export const MOST_KEYS_AN_HOUR = 20;

export interface KeyAdmin {
  /** Those that hold first, the newest of each first; the last `MAX_LISTED_KEYS` of them. */
  list(signal: AbortSignal): Promise<Result<readonly ListedKey[], UpstreamFailure>>;
  find(keyId: string, signal: AbortSignal): Promise<Result<ListedKey | undefined, UpstreamFailure>>;
  /** Of all keys together that each principal can come in with now; whoever has none is left out. */
  rolesOf(
    principalIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, readonly string[]>, UpstreamFailure>>;
  create(key: NewKey, signal: AbortSignal): Promise<Result<undefined, KeyRefused | UpstreamFailure>>;
  /** The new key begins and the old one gets its end at the same moment, or neither. */
  rotate(rotation: Rotation, signal: AbortSignal): Promise<Result<undefined, KeyRefused | UpstreamFailure>>;
  /** For ever. */
  revoke(keyId: string, signal: AbortSignal): Promise<Result<undefined, KeyRefused | UpstreamFailure>>;
}

/** By principal: keys of one may have been made with different roles. */
export function rolesTogether(keys: readonly ListedKey[]): ReadonlyMap<string, readonly string[]> {
  const byPrincipal = Map.groupBy(keys, ({ principalId }) => principalId);
  return new Map(Array.from(byPrincipal, ([id, held]) => [id, [...new Set(held.flatMap(({ roles }) => roles))]]));
}

export const MAX_LISTED_KEYS = 1_000;
