// Where a list goes on, signed: a caller can neither forge it nor use it for another question. It is no secret: a position
// in what the same caller was shown.

import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Refused } from "./failure.ts";

/** The very question whose answer goes on: the same tool, the same arguments, the same principal. */
export interface Question {
  readonly tool: string;
  readonly principalId: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Cursors {
  readonly seal: (position: string, question: Question) => string;
  readonly open: (cursor: string, question: Question) => Result<string, Refused>;
}

/** The API server forgets its own continue tokens after some minutes. */
const LIFETIME_MS = 5 * 60_000;
const SEPARATION = "gatehouse cursor v1";

const Sealed = once(() => z.object({ position: z.string(), expires: z.int() }));

export function cursors({ secret, now }: { readonly secret: string; readonly now: () => number }): Cursors {
  // A key of its own: what signs cursors must not be what protects API keys.
  const key = createHmac("sha256", secret).update(SEPARATION).digest();
  const sign = (payload: string, question: Question) =>
    createHmac("sha256", key)
      .update(`${payload}\n${canonical(question)}`)
      .digest("base64url");

  return {
    seal(position, question) {
      const payload = encode(JSON.stringify({ position, expires: now() + LIFETIME_MS }));
      return `${payload}.${sign(payload, question)}`;
    },
    open(cursor, question) {
      const [payload = "", signature = "", ...more] = cursor.split(".");
      if (more.length > 0 || !isSame(signature, sign(payload, question)))
        return refuse("is not of this tool with these arguments");
      const sealed = Sealed().parse(JSON.parse(decode(payload)));
      return sealed.expires > now() ? ok(sealed.position) : refuse("is older than five minutes");
    },
  };
}

function refuse(why: string): Result<never, Refused> {
  return err({ kind: "cursor_expired", message: `The cursor ${why}: start the list again without it.` });
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
