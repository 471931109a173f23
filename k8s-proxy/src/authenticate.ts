// Who is asking: every call carries a short-lived token of the Worker's that covers this cluster, this body, and one use.
import { createHash } from "node:crypto";
import { errors, importJWK, jwtVerify } from "jose";
import { TOKEN_ISSUER, TOKEN_LIFETIME_S, TOKEN_TYPE, TokenClaims } from "./contract/index.ts";
import { fail } from "./failure.ts";
import { replayGuard } from "./replay.ts";
import { ok } from "./result.ts";

import type { CryptoKey, JWTPayload, JWTVerifyOptions } from "jose";
import type { PublicKey } from "./config.ts";
import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

const CLOCK_TOLERANCE_S = 5;

/** A token accepted now may have been issued up to the tolerance ahead of our clock, and is honoured up to it after `exp`. */
const LONGEST_VALIDITY_MS = (TOKEN_LIFETIME_S + 2 * CLOCK_TOLERANCE_S) * 1000;

/** At one minute's lifetime this is over 1,400 calls a second, far above what one API server answers. */
const REPLAY_CAPACITY = 100_000;

const REQUIRED_CLAIMS = ["sub", "tool", "namespaces", "path", "body_sha256", "jti", "iat", "exp"];

export interface Authenticated {
  readonly claims: TokenClaims;
  readonly body: Uint8Array;
}

/** The body is asked for only once the token has held, so that a stranger cannot make the proxy read anything. */
export type Authenticate = (
  asked: { readonly authorization: string | undefined; readonly path: string },
  readBody: () => Promise<Result<Uint8Array, Failure>>,
) => Promise<Result<Authenticated, Failure>>;

export interface AuthenticateOptions {
  readonly keys: readonly PublicKey[];
  readonly clusterName: string;
  /** RFC 8725 §3.11: which of the Worker's tokens are meant for here; those of a reading proxy when left out. */
  readonly token?: { readonly type: string; readonly audience: string };
  readonly now: () => number;
  readonly replayCapacity?: number;
}

export async function authenticator(options: AuthenticateOptions): Promise<Authenticate> {
  const verify = await tokenVerifier(options);
  const claimOnce = replayGuard({
    keepMs: LONGEST_VALIDITY_MS,
    capacity: options.replayCapacity ?? REPLAY_CAPACITY,
    now: options.now,
  });

  return async ({ authorization, path }, readBody) => {
    const token = /^Bearer ([\w.-]{1,12288})$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return refuse("no bearer token in the Authorization header");
    const claims = await verify(token);
    if (!claims.ok) return claims;
    if (path !== claims.value.path) return refuse("the route is not the one that was signed");

    const body = await readBody();
    if (!body.ok) return body;
    if (sha256(body.value) !== claims.value.body_sha256) return refuse("the body is not the one that was signed");

    // Last, so that only calls which would have been answered take a place in the cache.
    const first = claimOnce(claims.value.jti);
    return first.ok ? ok({ claims: claims.value, body: body.value }) : first;
  };
}

async function tokenVerifier({ keys, clusterName, token, now }: AuthenticateOptions) {
  const meant = token ?? { type: TOKEN_TYPE, audience: clusterName };
  const imported = await Promise.all(keys.map((key) => importJWK({ ...key, alg: "EdDSA" }, "EdDSA")));
  const usable = imported.filter((key) => !(key instanceof Uint8Array));
  const fixed = {
    algorithms: ["EdDSA"],
    issuer: TOKEN_ISSUER,
    audience: meant.audience,
    typ: meant.type,
    requiredClaims: REQUIRED_CLAIMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    maxTokenAge: TOKEN_LIFETIME_S,
  } satisfies JWTVerifyOptions;

  return async (text: string): Promise<Result<TokenClaims, Failure>> => {
    const payload = await verifyWithAny(usable, (key) =>
      jwtVerify(text, key, { ...fixed, currentDate: new Date(now()) }),
    );
    if (!payload.ok) return payload;
    const claims = TokenClaims().safeParse(payload.value);
    if (!claims.success) return refuse("the claims are not those of a call token");

    const { exp, iat } = claims.data;
    if (exp <= iat || exp - iat > TOKEN_LIFETIME_S) return refuse(`the token lives longer than ${TOKEN_LIFETIME_S} s`);
    return ok(claims.data);
  };
}

/** Two keys while one replaces the other: the next is tried only when the signature is not this one's. */
async function verifyWithAny(
  keys: readonly CryptoKey[],
  verify: (key: CryptoKey) => Promise<{ readonly payload: JWTPayload }>,
): Promise<Result<JWTPayload, Failure>> {
  for (const key of keys) {
    try {
      return ok((await verify(key)).payload);
    } catch (cause) {
      if (cause instanceof errors.JWSSignatureVerificationFailed) continue;
      if (cause instanceof errors.JOSEError) return refuse(`${cause.code}: ${cause.message}`);
      throw cause;
    }
  }
  return refuse("not signed by a key in GATEHOUSE_PUBLIC_KEY");
}

/** One sentence outside for every cause: which check failed is for the operator's log. */
function refuse(detail: string) {
  return fail("unauthenticated", "The call's token was refused", { detail });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}
