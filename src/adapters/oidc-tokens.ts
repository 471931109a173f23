// The token-verifier port over jose. The one place where a JWT of an issuer is checked, with nothing left to a default.

import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { err, ok } from "../result.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import type { JSONWebKeySet, JWTPayload } from "jose";
import type { Proven } from "../access/identify.ts";
import type { TokenFault } from "../access/token-fault.ts";
import type { TokenRules, TokenVerifier } from "../ports/token-verifier.ts";
import type { Result } from "../result.ts";

/** Between the issuer's clock and ours. For everything: a token stands until its `exp` and this. */
export const CLOCK_TOLERANCE_S = 5;

export interface OidcAccess {
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

type Refused = { readonly kind: "unauthenticated"; readonly why: TokenFault } | { readonly kind: "token_expired" };

export class OidcTokens implements TokenVerifier {
  readonly #rules: TokenRules;
  readonly #now: () => number;
  readonly #keys: IssuerKeys;

  constructor(rules: TokenRules, access: OidcAccess) {
    this.#rules = rules;
    this.#now = access.now;
    this.#keys = new IssuerKeys({ issuer: rules.issuer, jwksUrl: rules.jwksUrl, ...access });
  }

  async verify(token: string): ReturnType<TokenVerifier["verify"]> {
    const keys = await this.#keys.current();
    if (!keys.ok) return keys;
    const checked = await this.#check(token, keys.value);
    if (checked.ok || checked.error.kind !== "unauthenticated" || checked.error.why !== "unknown_key") return checked;

    const renewed = await this.#keys.anew();
    // It was asked just now: then there is no such key.
    if (renewed === undefined) return checked;
    return renewed.ok ? this.#check(token, renewed.value) : renewed;
  }

  async #check(token: string, keys: JSONWebKeySet): Promise<Result<Proven, Refused>> {
    const { issuer, audience, algorithms, type, maxAgeS } = this.#rules;
    try {
      // Made anew each time: it keeps promises of the keys it imports, and those are one request's own.
      const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ["exp", "sub", ...(maxAgeS === undefined ? [] : ["iat"])],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(this.#now()),
        ...(type === undefined ? {} : { typ: type }),
        ...(maxAgeS === undefined ? {} : { maxTokenAge: maxAgeS }),
      });
      return this.#accept(payload);
    } catch (cause) {
      return err(refusalOf(cause));
    }
  }

  /** What jose lets pass: further audiences, whose servers could use the token here, and an `iat` to come. */
  #accept(payload: JWTPayload): Result<Proven, Refused> {
    const { aud, iat = 0, exp } = payload;
    if (Array.isArray(aud) && aud.length !== 1) return err({ kind: "unauthenticated", why: "audience" });
    if (iat > Math.floor(this.#now() / 1_000) + CLOCK_TOLERANCE_S)
      return err({ kind: "unauthenticated", why: "not_yet_valid" });
    if (!Number.isSafeInteger(exp)) return err({ kind: "unauthenticated", why: "claims" });
    return ok({ claims: payload, expiresAtMs: (Number(exp) + CLOCK_TOLERANCE_S) * 1_000 });
  }
}

function refusalOf(cause: unknown): Refused {
  if (cause instanceof errors.JWTExpired)
    return cause.claim === "exp" ? { kind: "token_expired" } : { kind: "unauthenticated", why: "too_old" };
  if (cause instanceof errors.JWTClaimValidationFailed) return { kind: "unauthenticated", why: claimFault(cause) };
  // What is not jose's own comes from a published key that no cryptography can use.
  if (!(cause instanceof errors.JOSEError)) return { kind: "unauthenticated", why: "unusable_key" };
  return { kind: "unauthenticated", why: FAULTS.get(cause.code) ?? "malformed" };
}

function claimFault({ claim, reason }: errors.JWTClaimValidationFailed): TokenFault {
  if (claim === "aud") return "audience";
  if (claim === "iss") return "unknown_issuer";
  if (claim === "typ") return "type";
  return reason === "check_failed" && (claim === "nbf" || claim === "iat") ? "not_yet_valid" : "claims";
}

const FAULTS: ReadonlyMap<string, TokenFault> = new Map([
  [errors.JOSEAlgNotAllowed.code, "algorithm"],
  [errors.JOSENotSupported.code, "algorithm"],
  [errors.JWKSNoMatchingKey.code, "unknown_key"],
  [errors.JWKSMultipleMatchingKeys.code, "unknown_key"],
  [errors.JWSSignatureVerificationFailed.code, "signature"],
]);
