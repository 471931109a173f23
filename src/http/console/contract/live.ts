// The console's Live page: who is connected, what is under way, and how a person steps in.
//
// GET  sessions?principal=&cursor=     LiveSessions   sessions:read
// GET  sessions/:id                    LiveSession    sessions:read
// POST sessions/:id/cancel             CancelBody     sessions:manage   → LiveSession
// POST sessions/:id/disconnect         ReasonBody     sessions:manage   → 204
// GET  activity (WebSocket)            ActivityFrame  any human who may see one of the pages that it is for

import * as z from "zod";
import { once } from "../../../once.ts";
import { QuotaCard } from "./quota.ts";

const Time = z.iso.datetime();
const Reason = z.string().trim().min(1, "say why").max(500);

export const InFlightCall = once(() =>
  z.object({
    call_id: z.string(),
    tool: z.string(),
    effect: z.enum(["read", "write", "destroy"]),
    since: Time,
    /** An effect that has begun is not torn. */
    may_cancel: z.boolean(),
  }),
);
export type InFlightCall = z.output<ReturnType<typeof InFlightCall>>;

export const LiveSession = once(() =>
  z.object({
    id: z.string(),
    via: z.enum(["socket", "session", "stateless"]),
    principal: z.object({
      id: z.string(),
      kind: z.enum(["agent", "human"]),
      roles: z.array(z.string()),
      on_behalf_of: z.string().optional(),
    }),
    key_id: z.string().optional(),
    client: z.object({ name: z.string(), version: z.string() }).optional(),
    protocol: z.string().optional(),
    source_ip: z.string().optional(),
    opened_at: Time,
    expires_at: Time.optional(),
    /** False: it is listed, and was not reached just now; what follows is then empty. */
    reached: z.boolean(),
    calls_per_minute: z.int(),
    in_flight: z.array(InFlightCall()),
    /** Of the buckets that are not full. */
    limits: z.array(z.object({ name: z.string(), rate: z.string(), left: z.number() })),
    quota: QuotaCard().optional(),
    subscriptions: z.int(),
  }),
);
export type LiveSession = z.output<ReturnType<typeof LiveSession>>;

export const LiveSessions = once(() =>
  z.object({ sessions: z.array(LiveSession()), total: z.int(), next: z.string().optional(), now: Time }),
);
export type LiveSessions = z.output<ReturnType<typeof LiveSessions>>;

export const CancelBody = once(() => z.strictObject({ call_id: z.string().max(64), reason: Reason }));
export type CancelBody = z.output<ReturnType<typeof CancelBody>>;
export const ReasonBody = once(() => z.strictObject({ reason: Reason }));
export type ReasonBody = z.output<ReturnType<typeof ReasonBody>>;

export const ACTIVITIES = ["calls", "sessions", "keys", "audit", "health"] as const;
/** A frame of `activity`, at most one of each kind a second: look again. */
export const ActivityFrame = once(() => z.object({ changed: z.enum(ACTIVITIES) }));
export type ActivityFrame = z.output<ReturnType<typeof ActivityFrame>>;
