// From an API key to whoever it proves: what happens once, when a connection is opened.

import { admit, hasSecret, hmacOfSecret, parseApiKey } from "../access/api-key.ts";
import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import { RECHECK_AFTER_MS } from "./standing.ts";
import type { KeyRecord, Unauthenticated } from "../access/api-key.ts";
import type { Verified } from "../access/principal.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { KeyDirectory } from "../ports/key-directory.ts";
import type { Result } from "../result.ts";

export interface Authentication {
  readonly keys: KeyDirectory;
  readonly pepper: string;
  readonly now: () => number;
}

const LOOKUP_TIMEOUT_MS = 3_000;
/** A thousand agents that all come back at once after a deploy; more than that look up anew. */
const MAX_REMEMBERED = 1_000;

interface Found {
  readonly record: KeyRecord;
  readonly foundAtMs: number;
}

/**
 * Remembers the keys it found for as long as a session may go on without asking, so that a storm of reconnections is
 * one look-up a key. Counted from the look-up and not from the connection: a revoked key is refused just as soon.
 */
export class Authenticator {
  readonly #parts: Authentication;
  readonly #remembered = new Map<string, Found>();

  constructor(parts: Authentication) {
    this.#parts = parts;
  }

  async authenticate(credential: string): Promise<Result<Verified, Unauthenticated | UpstreamFailure>> {
    const key = parseApiKey(credential);
    if (!key) return err({ kind: "unauthenticated" });
    const found = await this.#find(key.keyId);
    if (!found.ok) return found;

    const { pepper, now } = this.#parts;
    // Computed for unknown ids, too: how long a refusal takes must not tell which ids exist.
    const hmac = hmacOfSecret(key.secret, pepper);
    if (!found.value || !hasSecret(found.value.record, hmac)) return err({ kind: "unauthenticated" });
    const admitted = admit(found.value.record, now());
    return admitted.ok ? ok({ principal: admitted.value, verifiedAtMs: found.value.foundAtMs }) : admitted;
  }

  /** For whoever has shown the whole key before, and proves it in another way now: whether it still stands. */
  async confirm(keyId: string): Promise<Result<Verified, Unauthenticated | UpstreamFailure>> {
    const found = await this.#find(keyId);
    if (!found.ok) return found;
    const admitted = admit(found.value?.record, this.#parts.now());
    if (!admitted.ok) return admitted;
    return ok({ principal: admitted.value, verifiedAtMs: found.value?.foundAtMs ?? this.#parts.now() });
  }

  async #find(keyId: string): Promise<Result<Found | undefined, UpstreamFailure>> {
    const { keys, now } = this.#parts;
    const foundAtMs = now();
    const remembered = this.#remembered.get(keyId);
    if (remembered && isWithin(foundAtMs - remembered.foundAtMs)) return ok(remembered);

    const asked = await withDeadline(LOOKUP_TIMEOUT_MS, undefined, (signal) => keys.find(keyId, signal));
    if (!asked.ok) return err(TOO_SLOW);
    if (!asked.value.ok) return asked.value;
    const record = asked.value.value;
    // Only keys that exist are remembered: nobody can fill this with ids of their own invention.
    this.#remembered.delete(keyId);
    return ok(record && this.#remember(keyId, { record, foundAtMs }));
  }

  #remember(keyId: string, found: Found): Found {
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(keyId, found);
    return found;
  }
}

/** A clock that stepped back says nothing about age. */
function isWithin(ageMs: number): boolean {
  return ageMs >= 0 && ageMs < RECHECK_AFTER_MS;
}

const TOO_SLOW: UpstreamFailure = {
  kind: "upstream_timeout",
  upstream: "postgres",
  message: "The key could not be checked in time; try again.",
};
