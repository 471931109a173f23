// A session shows a new credential before its old one expires, and goes on: only for whom it was opened for.

import { err, ok } from "../result.ts";
import { recordRefusal } from "./refusal.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { Verified } from "../access/principal.ts";
import type { AuditBackpressure } from "../audit/journal.ts";
import type { RateLimited } from "../limits/limiter.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { CallSession } from "./session.ts";
import type { OtherPrincipal } from "./standing.ts";

export const REFRESH_METHOD = "mcp.auth.refresh";
/** Tokens live for minutes. Each try may ask the directory of keys or an identity provider. */
const RATE = "10/minute";

export type RefreshRefused = Unauthenticated | UpstreamFailure | OtherPrincipal | RateLimited | AuditBackpressure;

export async function refreshCredential(
  token: string,
  session: CallSession,
): Promise<Result<Verified, RefreshRefused>> {
  const refreshed = await attempt(token, session);
  if (!refreshed.ok) {
    const { kind } = refreshed.error;
    const reason = kind === "other_principal" ? "permission_denied" : kind;
    await recordRefusal({ reason, method: REFRESH_METHOD }, session);
    return refreshed;
  }

  const { credential, expiresAtMs } = refreshed.value.principal;
  const params = { credential: credential.kind, expires_at: new Date(expiresAtMs).toISOString() };
  const entry = { phase: "event", action: "auth.refresh", decision: "allowed", outcome: "ok", durationMs: 0 } as const;
  const written = await session.journal.write({ ...entry, callId: session.uuid(), params }, session.actor);
  return written.ok ? refreshed : written;
}

async function attempt(token: string, session: CallSession): Promise<Result<Verified, RefreshRefused>> {
  const { limiter, refresh, now } = session;
  if (!refresh) return err({ kind: "unauthenticated" });
  const admitted = limiter.take(REFRESH_METHOD, RATE, now());
  if (!admitted.ok) return admitted;
  const verified = await refresh.authenticate(token);
  if (!verified.ok) return verified;
  const accepted = refresh.accept(verified.value);
  return accepted.ok ? ok(verified.value) : accepted;
}
