// Where API keys are looked up.

import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

/** One row of `api_keys`. The secret itself is never stored: only its HMAC-SHA-256 under the pepper, in hex. */
export interface KeyRecord {
  readonly keyId: string;
  readonly secretHmac: string;
  readonly principalId: string;
  readonly kind: "agent" | "human";
  readonly roles: readonly string[];
  readonly onBehalfOf: string | undefined;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
}

export interface KeyDirectory {
  /** An unknown id is `undefined`. Also notes that the key was used, at most once a minute. */
  find(keyId: string, signal: AbortSignal): Promise<Result<KeyRecord | undefined, UpstreamFailure>>;
}
