// A session as the page is told of it: plain names, times that people can read.

import type { Presence, SessionLook } from "../../ports/live-sessions.ts";
import type { LiveSession } from "./contract/live.ts";
import type { QuotaCard } from "./contract/quota.ts";

export interface Seen {
  readonly presence: Presence;
  /** Undefined where it did not answer. */
  readonly look: SessionLook | undefined;
  readonly quota: QuotaCard | undefined;
}

export function sessionCard({ presence: known, look, quota }: Seen): LiveSession {
  const presence = { ...known, ...look?.presence };
  const { sessionId: id, via, principal, keyId, sourceIp, openedAtMs, expiresAtMs } = presence;
  return {
    ...{ id, via, opened_at: iso(openedAtMs), expires_at: iso(expiresAtMs) },
    principal: {
      ...{ id: principal.id, kind: principal.kind, roles: [...principal.roles] },
      ...(principal.onBehalfOf !== undefined && { on_behalf_of: principal.onBehalfOf }),
    },
    ...(keyId !== undefined && { key_id: keyId }),
    ...(sourceIp !== undefined && { source_ip: sourceIp }),
    ...(look?.client && { client: look.client }),
    ...(look?.protocol !== undefined && { protocol: look.protocol }),
    reached: look !== undefined,
    calls_per_minute: look?.callsPerMinute ?? 0,
    in_flight: (look?.inFlight ?? []).map(({ callId, tool, effect, sinceMs, mayCancel }) => ({
      ...{ call_id: callId, tool, effect },
      ...{ since: iso(sinceMs), may_cancel: mayCancel },
    })),
    limits: (look?.limits ?? []).map(({ name, rate, left }) => ({ name, rate, left })),
    ...(quota && { quota }),
    subscriptions: look?.subscriptions ?? 0,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
