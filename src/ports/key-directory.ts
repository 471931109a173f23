// Where API keys are looked up.

import type { KeyRecord } from "../access/api-key.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

export type { KeyRecord };

export interface KeyDirectory {
  /** An unknown id is `undefined`. Also notes that the key was used, at most once a minute. */
  find(keyId: string, signal: AbortSignal): Promise<Result<KeyRecord | undefined, UpstreamFailure>>;
}
