// What a session is, apart from what is under way in it: carried by its socket, or kept in its object's storage. It must fit
// into an attachment, which holds at most 16,384 bytes.

import * as z from "zod";
import { Opening } from "../access/opening.ts";
import { Handshake } from "../mcp/handshake.ts";
import { HeldLease } from "../ports/quota-store.ts";
import { ToolSettings } from "../ports/tool-settings.ts";
import { Subscription } from "../push/subscription.ts";

export const SessionState = Opening.extend({
  version: z.literal(1),
  /** The buckets that are not empty: a limit must not begin anew because its session slept. */
  limits: z.record(z.string(), z.number()),
  settings: ToolSettings,
  quota: HeldLease.optional(),
  /** What was agreed by `initialize`. */
  handshake: Handshake.optional(),
  subscriptions: z.array(Subscription).default([]),
});
export type SessionState = z.output<typeof SessionState>;
