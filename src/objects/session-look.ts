// A session as it is shown to people at the console: who it is, and what is under way in it at this moment.

import { LOOKING } from "../mcp/context.ts";
import type { Opening } from "../access/opening.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { Presence, SessionLook } from "../ports/live-sessions.ts";
import type { Listeners } from "../push/listeners.ts";
import type { CallsUnderWay } from "../tool/calls-under-way.ts";
import type { Registry } from "../tool/registry.ts";
import type { SessionState } from "./session-state.ts";

interface LookParts {
  readonly state: SessionState;
  readonly calls: CallsUnderWay;
  readonly limiter: Limiter;
  readonly registry: Registry;
  readonly listeners: Listeners;
  readonly nowMs: number;
}

export function lookAt({ state, calls, limiter, registry, listeners, nowMs }: LookParts): SessionLook {
  const { handshake, subprotocol, via } = state;
  const unsaid = via === "socket" ? (subprotocol ?? "gatehouse.native.v1") : undefined;
  return {
    presence: whoIs(state),
    client: handshake?.info,
    protocol: handshake?.version ?? unsaid,
    callsPerMinute: calls.perMinute(),
    inFlight: calls.list(),
    limits: Object.keys(limiter.snapshot(nowMs)).flatMap((name) => {
      const rate = name === LOOKING.key ? LOOKING.rate : registry.get(name)?.rate;
      return rate ? [{ name, rate, left: limiter.left(name, rate, nowMs) }] : [];
    }),
    subscriptions: listeners.all.reduce((sum, { subscription }) => sum + topics(subscription), 0),
  };
}

export function presenceOf(opening: Opening, openedAtMs: number): Presence {
  return { ...whoIs(opening), openedAtMs };
}

/** The credential on which it stood when this was asked. */
export function keyOf({ verified }: Pick<Opening, "verified">): string | undefined {
  const { credential } = verified.principal;
  return credential.kind === "key" ? credential.id : undefined;
}

function whoIs(opening: Opening): SessionLook["presence"] {
  const { sessionId, via, verified, sourceIp } = opening;
  const { id, kind, roles, onBehalfOf, expiresAtMs } = verified.principal;
  const keyId = keyOf(opening);
  return {
    ...{ sessionId, via, expiresAtMs },
    principal: { id, kind, roles: [...roles], ...(onBehalfOf !== undefined && { onBehalfOf }) },
    ...(keyId !== undefined && { keyId }),
    ...(sourceIp !== undefined && { sourceIp }),
  };
}

function topics({ uris, taskIds }: { readonly uris: readonly string[]; readonly taskIds: readonly string[] }): number {
  return uris.length + taskIds.length;
}
