// What an agent asked us to remember, kept per principal and never per connection.

import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

/** A key as one principal sees it. Two principals using the same `key` never meet. */
export interface ContextAddress {
  readonly principalId: string;
  readonly key: string;
}

/** A value as JSON text, exactly as it was stored, and the whole seconds it has left. */
export interface ContextEntry {
  readonly json: string;
  readonly ttlS: number;
}

export interface ContextKey {
  readonly key: string;
  readonly ttlS: number;
}

/** The principal already holds as many keys as it may; nothing was written. */
export interface ContextFull {
  readonly kind: "context_full";
  readonly maxKeys: number;
}

export interface ContextStore {
  /** One round trip. A missing or expired key is `undefined`, never a failure. */
  get(address: ContextAddress, signal: AbortSignal): Promise<Result<ContextEntry | undefined, UpstreamFailure>>;
  /** One atomic round trip: counts the principal's live keys, then writes. Replacing a key never counts as a new one. */
  set(
    address: ContextAddress,
    entry: ContextEntry,
    signal: AbortSignal,
  ): Promise<Result<undefined, UpstreamFailure | ContextFull>>;
  /** Answers whether there was anything to delete. */
  delete(address: ContextAddress, signal: AbortSignal): Promise<Result<boolean, UpstreamFailure>>;
  /** All live keys of the principal that begin with `key` (empty for all), in code-unit order. */
  list(prefix: ContextAddress, signal: AbortSignal): Promise<Result<readonly ContextKey[], UpstreamFailure>>;
}

/** Keys a principal may hold at once: bounds what one caller can cost, and what `ctx.list` can return. */
export const MAX_CONTEXT_KEYS = 1_000;
