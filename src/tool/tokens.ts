// From a token to whoever it proves. What was checked once is believed for a minute, so that calls need not wait for it.

import { sha256 } from "../audit/record.ts";
import { err, ok } from "../result.ts";
import { claimedIssuer } from "../access/credential.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { Credential } from "../access/credential.ts";
import type { Proven } from "../access/identify.ts";
import type { Principal, Verified } from "../access/principal.ts";
import type { TokenFault } from "../access/token-fault.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { TokenVerifier } from "../ports/token-verifier.ts";
import type { Result } from "../result.ts";

/** One issuer: who checks its tokens, and whom they stand for. */
export interface Identity {
  readonly verifier: TokenVerifier;
  readonly identify: (proven: Proven) => Result<Principal, TokenFault>;
}

export interface TokenAuthentication {
  readonly byIssuer: ReadonlyMap<string, Identity>;
  readonly access: Identity | undefined;
  readonly now: () => number;
}

/** How long after its issuer withdrew a key or a configuration changed a token may still be believed. */
export const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 1_000;
/** An access token with every group of a large company fits; what is longer is not read. */
const MAX_TOKEN_LENGTH = 16_384;

export class TokenAuthenticator {
  readonly #parts: TokenAuthentication;
  /** By digest: what lies in memory must not be of use to anybody. */
  readonly #remembered = new Map<string, Verified>();

  constructor(parts: TokenAuthentication) {
    this.#parts = parts;
  }

  async authenticate(credential: Credential): Promise<Result<Verified, Unauthenticated | UpstreamFailure>> {
    const nowMs = this.#parts.now();
    const digest = sha256(`${credential.kind} ${credential.text}`);
    const remembered = this.#remembered.get(digest);
    if (remembered && isStanding(remembered, nowMs)) return ok(remembered);

    const identity = this.#identityOf(credential);
    if (!identity.ok) return err({ kind: "unauthenticated", why: identity.error });
    const proven = await identity.value.verifier.verify(credential.text);
    if (!proven.ok) return proven;
    const principal = identity.value.identify(proven.value);
    if (!principal.ok) return err({ kind: "unauthenticated", why: principal.error });
    // Only what was proven is remembered: nobody can fill this with inventions.
    return ok(this.#remember(digest, { principal: principal.value, verifiedAtMs: nowMs }));
  }

  #identityOf({ kind, text }: Credential): Result<Identity, TokenFault> {
    const { byIssuer, access } = this.#parts;
    if (text.length > MAX_TOKEN_LENGTH) return err("malformed");
    const issuer = claimedIssuer(text);
    if (issuer === undefined) return err("malformed");
    const identity = kind === "access" ? access : byIssuer.get(issuer);
    return identity ? ok(identity) : err("unknown_issuer");
  }

  #remember(digest: string, verified: Verified): Verified {
    this.#remembered.delete(digest);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(digest, verified);
    return verified;
  }
}

/** A clock that stepped back says nothing about age. */
function isStanding({ principal, verifiedAtMs }: Verified, nowMs: number): boolean {
  const ageMs = nowMs - verifiedAtMs;
  return ageMs >= 0 && ageMs < REMEMBER_MS && nowMs < principal.expiresAtMs;
}
