// Why a call failed: the words the Worker is told, and the words that only the log sees.
import { clean } from "./clean.ts";
import { err } from "./result.ts";

import type { ProxyError, ProxyErrorReason } from "./contract/index.ts";

const MAX_MESSAGE_LENGTH = 1000;

export interface Failure {
  readonly reason: ProxyErrorReason;
  readonly message: string;
  readonly retryAfterS?: number | undefined;
  /** For the operator: what to look at. Never a token, never a body. */
  readonly detail?: string | undefined;
}

export function fail(reason: ProxyErrorReason, message: string, more: Pick<Failure, "retryAfterS" | "detail"> = {}) {
  return err<Failure>({ reason, message, ...more });
}

/** What leaves the proxy: everything but the detail. */
export function toProxyError({ reason, message, retryAfterS }: Failure): ProxyError {
  const error = { reason, message: clean(message, MAX_MESSAGE_LENGTH) };
  return retryAfterS === undefined ? error : { ...error, retry_after_s: retryAfterS };
}
