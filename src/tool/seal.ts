// Text that a caller keeps for us: signed, so it can neither be forged nor used elsewhere, and good for some minutes. It is
// no secret.

import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";

/** The one use the text is good for: the same tool, the same arguments, the same principal. */
export interface Question {
  readonly tool: string;
  readonly principalId: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Seals {
  readonly seal: (text: string, question: Question) => string;
  readonly open: (sealed: string, question: Question) => Result<string, "foreign" | "expired">;
}

export interface SealParts {
  readonly secret: string;
  /** Keeps what is sealed for one purpose from being opened for another. */
  readonly purpose: string;
  readonly lifetimeMs: number;
  readonly now: () => number;
}

const Sealed = z.object({ text: z.string(), expires: z.int() });

export function seals({ secret, purpose, lifetimeMs, now }: SealParts): Seals {
  const key = createHmac("sha256", secret).update(purpose).digest();
  const sign = (payload: string, question: Question) =>
    createHmac("sha256", key)
      .update(`${payload}\n${canonical(question)}`)
      .digest("base64url");

  return {
    seal(text, question) {
      const payload = encode(JSON.stringify({ text, expires: now() + lifetimeMs }));
      return `${payload}.${sign(payload, question)}`;
    },
    open(sealed, question) {
      const [payload = "", signature = "", ...more] = sealed.split(".");
      if (more.length > 0 || !isSame(signature, sign(payload, question))) return err("foreign");
      const opened = Sealed.parse(JSON.parse(decode(payload)));
      return opened.expires > now() ? ok(opened.text) : err("expired");
    },
  };
}

/** Keys in order, so that the order in which a caller wrote its arguments does not matter. */
function canonical({ tool, principalId, args }: Question): string {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return JSON.stringify([tool, principalId, given.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Base64url of ASCII, which is all that JSON needs. */
function encode(text: string): string {
  return btoa(encodeURIComponent(text)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decode(text: string): string {
  return decodeURIComponent(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
}

function isSame(given: string, wanted: string): boolean {
  const encoder = new TextEncoder();
  const [one, other] = [encoder.encode(given), encoder.encode(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
