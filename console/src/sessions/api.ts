// What the page of sessions asks of the server, and a light look at what it is answered.

import { has, isListOf, isNothing } from "../api/checks.ts";
import type { InFlightCall, LiveSession, LiveSessions } from "../../../src/http/console/contract/live.ts";
import type { Answer, Client } from "../api/client.ts";

export type { InFlightCall, LiveSession, LiveSessions } from "../../../src/http/console/contract/live.ts";

export interface SessionsAsked {
  readonly principal: string;
  readonly cursor?: string | undefined;
}

export interface SessionsApi {
  readonly list: (asked: SessionsAsked) => Answer<LiveSessions>;
  readonly one: (id: string) => Answer<LiveSession>;
  readonly cancel: (id: string, asked: { readonly call_id: string; readonly reason: string }) => Answer<LiveSession>;
  readonly disconnect: (id: string, reason: string) => Answer<undefined>;
}

export function sessionsApi({ ask }: Pick<Client, "ask">): SessionsApi {
  const at = (id: string) => `sessions/${encodeURIComponent(id)}`;
  return {
    list: ({ principal, cursor }) => {
      const query = new URLSearchParams();
      if (principal !== "") query.set("principal", principal);
      if (cursor !== undefined) query.set("cursor", cursor);
      return ask({ path: query.size === 0 ? "sessions" : `sessions?${query.toString()}` }, isLiveSessions);
    },
    one: (id) => ask({ path: at(id) }, isLiveSession),
    cancel: (id, body) => ask({ path: `${at(id)}/cancel`, body }, isLiveSession),
    disconnect: (id, reason) => ask({ path: `${at(id)}/disconnect`, body: { reason } }, isNothing),
  };
}

const isInFlight = (value: unknown): value is InFlightCall =>
  has(value, { call_id: "string", tool: "string", effect: "string", since: "string", may_cancel: "boolean" });

export const isLiveSession = (value: unknown): value is LiveSession =>
  has(value, { id: "string", via: "string", principal: "record", opened_at: "string", reached: "boolean" }) &&
  has(value, { calls_per_minute: "number", in_flight: "list", limits: "list", subscriptions: "number" }) &&
  has(value.principal, { id: "string", kind: "string", roles: "list" }) &&
  isListOf(value.in_flight, isInFlight) &&
  isListOf(value.limits, (limit) => has(limit, { name: "string", rate: "string", left: "number" }));

export const isLiveSessions = (value: unknown): value is LiveSessions =>
  has(value, { sessions: "list", total: "number", now: "string" }) && isListOf(value.sessions, isLiveSession);
