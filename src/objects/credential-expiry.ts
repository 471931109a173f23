// When an open socket must be ended because of its credential, even if nobody calls.

import type { Principal } from "../access/principal.ts";

/**
 * Tokens live for minutes, and so should a socket that was opened with one. Keys live for weeks and may be withdrawn at
 * any moment before: their sessions are asked at the next call, and an idle one costs no alarm.
 */
export function nextExpiryMs(principals: readonly Principal[], nowMs: number): number | undefined {
  const expiring = principals.filter(({ credential, expiresAtMs }) => credential.kind !== "key" && expiresAtMs > nowMs);
  return expiring.length === 0 ? undefined : Math.min(...expiring.map(({ expiresAtMs }) => expiresAtMs));
}
