// Whether whoever opened the session still is who they were: keys are revoked and expire while sockets stay open.

import { admit } from "../access/api-key.ts";
import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { Caller, Verified } from "../access/principal.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { KeyDirectory } from "../ports/key-directory.ts";
import type { Result } from "../result.ts";

/** A revoked key works at most this much longer. */
export const RECHECK_AFTER_MS = 30_000;
/** While the directory cannot be asked, reading goes on for this long on what was last known; effects do not. */
export const GRACE_MS = 15 * 60_000;
const LOOKUP_TIMEOUT_MS = 3_000;
/** After a look-up that failed, calls need not wait for the next one to fail as well. */
const RETRY_AFTER_MS = 5_000;

export type NotKnown = Unauthenticated | UpstreamFailure;

/** `isFresh` is false while the directory is out of reach. */
export interface Known {
  readonly caller: Caller;
  readonly isFresh: boolean;
}

/** The credential proves somebody, and somebody else: a session never changes hands. */
export interface OtherPrincipal {
  readonly kind: "other_principal";
}

export class Standing {
  readonly #keys: KeyDirectory;
  readonly #onChange: (verified: Verified) => void;
  #verified: Verified;
  #recheck: Promise<Result<Known, NotKnown>> | undefined;
  #failedAtMs = -Infinity;

  constructor(keys: KeyDirectory, verified: Verified, onChange: (verified: Verified) => void) {
    this.#keys = keys;
    this.#verified = verified;
    this.#onChange = onChange;
  }

  async current(nowMs: number): Promise<Result<Known, NotKnown>> {
    const { principal, verifiedAtMs } = this.#verified;
    if (principal.expiresAtMs <= nowMs) return err({ kind: "token_expired" });
    // Nobody keeps a list of tokens to look them up in: one stands as it was checked, until it expires.
    if (principal.credential.kind !== "key") return ok({ caller: principal, isFresh: true });
    if (nowMs - verifiedAtMs < RECHECK_AFTER_MS) return ok({ caller: principal, isFresh: true });

    const hasJustFailed = nowMs - this.#failedAtMs < RETRY_AFTER_MS && nowMs - verifiedAtMs < GRACE_MS;
    if (hasJustFailed) return ok({ caller: principal, isFresh: false });
    // Calls that arrive together share one look-up.
    this.#recheck ??= this.#look(nowMs, principal.credential.id).finally(() => (this.#recheck = undefined));
    return this.#recheck;
  }

  /** From now on the session stands on this credential, which was just verified. */
  refresh(verified: Verified): Result<undefined, OtherPrincipal> {
    const [before, after] = [this.#verified.principal, verified.principal];
    if (after.id !== before.id || after.kind !== before.kind) return err({ kind: "other_principal" });
    this.#verified = verified;
    this.#failedAtMs = -Infinity;
    this.#onChange(verified);
    return ok(undefined);
  }

  async #look(nowMs: number, keyId: string): Promise<Result<Known, NotKnown>> {
    const looked = this.#verified;
    const { principal, verifiedAtMs } = looked;
    const asked = await withDeadline(LOOKUP_TIMEOUT_MS, undefined, (signal) => this.#keys.find(keyId, signal));
    // Refreshed meanwhile: what was asked about is no longer what the session stands on.
    if (this.#verified !== looked) return ok({ caller: this.#verified.principal, isFresh: true });
    const found = asked.ok ? asked.value : err(TOO_SLOW);
    if (!found.ok) {
      this.#failedAtMs = nowMs;
      return nowMs - verifiedAtMs < GRACE_MS ? ok({ caller: principal, isFresh: false }) : found;
    }

    const admitted = admit(found.value, nowMs);
    if (!admitted.ok) return admitted;
    this.#verified = { principal: admitted.value, verifiedAtMs: nowMs };
    this.#onChange(this.#verified);
    return ok({ caller: admitted.value, isFresh: true });
  }
}

const TOO_SLOW: UpstreamFailure = {
  kind: "upstream_timeout",
  upstream: "postgres",
  message: "Your credential could not be checked in time; try again.",
};
