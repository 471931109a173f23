// What an approval is carried in: a signed statement for its requester. It opens nothing that the record does not.

import { calculateJwkThumbprint, decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import type { JWK } from "jose";
import type { ApprovalClaims, ApprovalTokens } from "../ports/approvals.ts";
import type { Result } from "../result.ts";

/** RFC 8725 §3.11, §3.9: neither an access token nor anything else that is signed here can be taken for one, nor the reverse. */
export const APPROVAL_TOKEN_TYPE = "approval+jwt";
export const APPROVAL_AUDIENCE = "runbooks.execute";
const ALGORITHM = "EdDSA";
const MAX_LENGTH = 8_192;

export interface TokenParts {
  readonly signingKey: JWK;
  /** Of before the last rotation: still believed, and signs nothing. */
  readonly previousKey?: JWK | undefined;
  readonly issuer: string;
  readonly now: () => number;
}

type Refused = Extract<Awaited<ReturnType<ApprovalTokens["verify"]>>, { ok: false }>["error"];

const Claims = once(() =>
  z.object({
    jti: z.uuid(),
    sub: z.string(),
    // An array of one is another spelling, and none that is written here.
    aud: z.literal(APPROVAL_AUDIENCE),
    rb: z.string().regex(/^[^@]+@\d+$/),
    rbd: z.string(),
    pd: z.string(),
    pland: z.string(),
    pol: z.string(),
    apr: z.array(z.string()),
  }),
);

export function approvalTokens({ signingKey, previousKey, issuer, now }: TokenParts): ApprovalTokens {
  return {
    async mint(approval) {
      const { id, runbook, requester, paramsDigest, plan, policyVersion, decisions, expiresAtMs } = approval;
      const issuedAtS = Math.floor(now() / 1_000);
      const claims = {
        rb: `${runbook.id}@${runbook.version}`,
        rbd: runbook.digest,
        pd: paramsDigest,
        pland: plan.digest,
        pol: policyVersion,
        apr: decisions.map(({ by }) => by),
      };
      return (
        new SignJWT(claims)
          .setProtectedHeader({
            alg: ALGORITHM,
            typ: APPROVAL_TOKEN_TYPE,
            kid: await calculateJwkThumbprint(signingKey),
          })
          .setIssuer(issuer)
          .setAudience(APPROVAL_AUDIENCE)
          .setSubject(requester.id)
          .setJti(id)
          .setIssuedAt(issuedAtS)
          .setNotBefore(issuedAtS)
          // Rounded down: it never outlives the record, whose milliseconds are judged besides.
          .setExpirationTime(Math.floor(expiresAtMs / 1_000))
          .sign(await importJWK(signingKey, ALGORITHM))
      );
    },
    async verify(token) {
      if (token.length > MAX_LENGTH) return err(FOREIGN);
      const keys = previousKey ? [signingKey, previousKey] : [signingKey];
      const key = await keyOf(token, keys);
      return key ? check(token, key, { issuer, now }) : err(FOREIGN);
    },
  };
}

/** The one whose thumbprint the token names: of two keys the wrong one is not tried. */
async function keyOf(token: string, keys: readonly JWK[]): Promise<JWK | undefined> {
  let kid: string | undefined;
  try {
    ({ kid } = decodeProtectedHeader(token));
  } catch {
    // Not a JWT at all, which is all that there is to know.
    return undefined;
  }
  for (const key of keys) if ((await calculateJwkThumbprint(key)) === kid) return key;
  return undefined;
}

async function check(
  token: string,
  key: JWK,
  { issuer, now }: Pick<TokenParts, "issuer" | "now">,
): Promise<Result<ApprovalClaims, Refused>> {
  try {
    const { d: _private, ...publicHalf } = key;
    // No tolerance: the clock that signed is the one that checks.
    const publicKey = await importJWK(publicHalf, ALGORITHM);
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: [ALGORITHM],
      typ: APPROVAL_TOKEN_TYPE,
      audience: APPROVAL_AUDIENCE,
      issuer,
      requiredClaims: ["exp", "iat", "nbf", "sub", "jti"],
      clockTolerance: 0,
      currentDate: new Date(now()),
    });
    const claims = Claims().safeParse(payload);
    return claims.success ? ok(named(claims.data)) : err(FOREIGN);
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return err({ kind: "approval_expired" });
    if (cause instanceof errors.JOSEError) return err(FOREIGN);
    throw cause;
  }
}

function named({ jti, sub, rb, rbd, pd, pland, pol }: z.output<ReturnType<typeof Claims>>): ApprovalClaims {
  return {
    approvalId: jti,
    requester: sub,
    runbookId: rb.replace(/@\d+$/, ""),
    runbookDigest: rbd,
    paramsDigest: pd,
    planDigest: pland,
    policyVersion: pol,
  };
}

/** One sentence for all that is wrong with it: whoever made it up learns nothing, and whoever did not needs a new one. */
const FOREIGN: Refused = {
  kind: "approval_invalid",
  message:
    "This is no approval token of this deployment. Send the approval_token as you were given it, or ask for an approval with runbook.request_approval.",
};
