// What a browser keeps after a sign-in with a key: which key it was, and until when, signed. The key itself is not in it.

import { createHmac } from "node:crypto";
import * as z from "zod";
import { fromBase64url, toBase64url } from "../bytes.ts";
import { once } from "../once.ts";
import { isSameText } from "./same-text.ts";

/** A working day: longer than that nobody stays signed in. */
export const PASS_LIFETIME_MS = 8 * 60 * 60_000;
const MAX_LENGTH = 1_024;
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;

const Pass = once(() => z.strictObject({ keyId: z.string(), issuedAtMs: z.number(), expiresAtMs: z.number() }));
export type Pass = z.output<ReturnType<typeof Pass>>;

export interface Passes {
  /** Ends with the key, if not before. Says nothing about whether the key still stands: that is asked at each request. */
  readonly issue: (keyId: string, keyExpiresAtMs: number) => { readonly text: string; readonly pass: Pass };
  readonly open: (text: string) => Pass | undefined;
  /** What a page must send along with whatever changes something: another site's page cannot know it. */
  readonly csrf: (subject: string) => string;
}

export function passes({ secret, now }: { readonly secret: string; readonly now: () => number }): Passes {
  // Keys of their own: what signs passes must be neither what protects API keys nor what a page is told.
  const keyFor = (purpose: string) => createHmac("sha256", secret).update(purpose).digest();
  const [passKey, csrfKey] = [keyFor("gatehouse console pass v1"), keyFor("gatehouse console csrf v1")];
  const sign = (payload: string) => createHmac("sha256", passKey).update(payload).digest("base64url");

  return {
    issue(keyId, keyExpiresAtMs) {
      const issuedAtMs = now();
      const pass = { keyId, issuedAtMs, expiresAtMs: Math.min(issuedAtMs + PASS_LIFETIME_MS, keyExpiresAtMs) };
      const payload = toBase64url(JSON.stringify(pass));
      return { text: `${payload}.${sign(payload)}`, pass };
    },
    open(text) {
      const [payload = "", signature = ""] = text.split(".");
      if (text.length > MAX_LENGTH || !FORM.test(text) || !isSameText(signature, sign(payload))) return undefined;
      const pass = Pass().parse(JSON.parse(fromBase64url(payload)));
      return now() < pass.expiresAtMs ? pass : undefined;
    },
    csrf: (subject) => createHmac("sha256", csrfKey).update(subject).digest("base64url"),
  };
}
