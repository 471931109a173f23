// A ticket: who may open one socket within half a minute, signed. For clients that cannot send a header with their upgrade.

import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { fromBase64url, toBase64url } from "../bytes.ts";
import { err, ok } from "../result.ts";
import { Verified } from "./principal.ts";
import type { Result } from "../result.ts";

/** From the answer that brings it to the upgrade that uses it. */
export const TICKET_LIFETIME_MS = 30_000;
const SEPARATION = "gatehouse ticket v1";
/** Roles and scopes are few, so a longer one is none of ours. */
const MAX_LENGTH = 4_096;
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;

const Statement = z.strictObject({
  /** Chosen when the ticket was made: the object of this name, which nobody else can address, keeps it from a second use. */
  sessionId: z.uuid(),
  verified: Verified,
  /** Absent where whoever asked for it was no browser. */
  origin: z.string().optional(),
  expiresAtMs: z.number(),
});
export type Statement = z.output<typeof Statement>;

export interface TicketRefused {
  readonly kind: "forged" | "ticket_expired" | "other_origin";
}

export interface Tickets {
  readonly seal: (statement: Omit<Statement, "expiresAtMs">) => string;
  /** Says nothing about whether it was used before: only its object knows. */
  readonly open: (ticket: string, origin: string | undefined) => Result<Statement, TicketRefused>;
}

export function tickets({ secret, now }: { readonly secret: string; readonly now: () => number }): Tickets {
  // A key of its own: what signs tickets must not be what protects API keys.
  const key = createHmac("sha256", secret).update(SEPARATION).digest();
  const sign = (payload: string) => createHmac("sha256", key).update(payload).digest("base64url");

  return {
    seal(statement) {
      const payload = toBase64url(JSON.stringify({ ...statement, expiresAtMs: now() + TICKET_LIFETIME_MS }));
      return `${payload}.${sign(payload)}`;
    },
    open(ticket, origin) {
      const [payload = "", signature = ""] = ticket.split(".");
      if (!looksLikeTicket(ticket) || !isSame(signature, sign(payload))) return err({ kind: "forged" });
      const statement = Statement.parse(JSON.parse(fromBase64url(payload)));
      if (statement.expiresAtMs <= now()) return err({ kind: "ticket_expired" });
      return statement.origin === origin ? ok(statement) : err({ kind: "other_origin" });
    },
  };
}

export function looksLikeTicket(text: string): boolean {
  return text.length <= MAX_LENGTH && FORM.test(text);
}

function isSame(given: string, wanted: string): boolean {
  const encoder = new TextEncoder();
  const [one, other] = [encoder.encode(given), encoder.encode(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
