// Where signed tokens of one issuer are checked.

import type { Proven } from "../access/identify.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

/** Who makes the tokens and for whom. Everything is fixed here and nothing taken from a token. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Absent: the issuer's metadata says it. */
  readonly jwksUrl: string | undefined;
  readonly algorithms: readonly string[];
  readonly type: string | undefined;
  readonly maxAgeS: number | undefined;
}

export interface TokenVerifier {
  /** `upstream_unavailable` where the issuer's keys cannot be had: nothing is ever accepted unverified. */
  verify(token: string): Promise<Result<Proven, Unauthenticated | UpstreamFailure>>;
}
