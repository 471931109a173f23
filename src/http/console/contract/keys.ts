// The console's Keys page: who holds which key, and making, replacing and revoking them. No secret is shown twice.
//
// GET  keys                     Keys          keys:admin
// POST keys                     CreateKey     keys:admin → NewKey
// POST keys/:id/rotate          RotateKey     keys:admin → NewKey, and the old one ends after the overlap
// POST keys/:id/revoke          ReasonBody    keys:admin → KeyEntry

import * as z from "zod";
import { once } from "../../../once.ts";

const Time = z.iso.datetime();

export const KEY_STATES = ["active", "expired", "revoked"] as const;

export const KeyEntry = once(() =>
  z.object({
    id: z.string(),
    principal: z.string(),
    kind: z.enum(["agent", "human"]),
    roles: z.array(z.string()),
    on_behalf_of: z.string().optional(),
    owner: z.string().optional(),
    note: z.string().optional(),
    created_at: Time,
    expires_at: Time,
    revoked_at: Time.optional(),
    last_used_at: Time.optional(),
    state: z.enum(KEY_STATES),
    mine: z.object({ may_change: z.boolean(), why_not: z.string().optional() }),
  }),
);
export type KeyEntry = z.output<ReturnType<typeof KeyEntry>>;

export const Keys = once(() =>
  z.object({
    keys: z.array(KeyEntry()),
    /** Those that a key may be given here. */
    roles: z.array(z.object({ name: z.string(), description: z.string().optional() })),
    now: Time,
  }),
);
export type Keys = z.output<ReturnType<typeof Keys>>;

export const CreateKey = once(() =>
  z.strictObject({
    principal: z.string().trim().min(1).max(128),
    kind: z.enum(["agent", "human"]),
    roles: z.array(z.string().max(64)).min(1).max(32),
    expires_in_days: z.int().min(1).max(365),
    on_behalf_of: z.string().trim().min(1).max(128).optional(),
    owner: z.string().trim().min(1).max(128).optional(),
    note: z.string().max(200).optional(),
  }),
);
export type CreateKey = z.output<ReturnType<typeof CreateKey>>;

export const RotateKey = once(() =>
  z.strictObject({
    overlap_minutes: z
      .int()
      .min(0)
      .max(7 * 24 * 60),
    expires_in_days: z.int().min(1).max(365),
  }),
);
export type RotateKey = z.output<ReturnType<typeof RotateKey>>;

/** `secret` is the whole key as its holder presents it, shown this once. */
export const NewKey = once(() => z.object({ key: KeyEntry(), secret: z.string() }));
export type NewKey = z.output<ReturnType<typeof NewKey>>;
