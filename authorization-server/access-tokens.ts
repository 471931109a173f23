// The access tokens that leave this server: JWTs (RFC 9068) that anybody can check with the keys it publishes.

import { calculateJwkThumbprint, importJWK, SignJWT } from "jose";
import type { Settings, SigningKey } from "./settings.ts";

/** A token cannot be taken back before its end, so it is short; the refresh token can, and brings the next one. */
export const ACCESS_TOKEN_S = 600;

/** What the library has decided about one token. */
export interface Granted {
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource: string;
  readonly expiresInS: number;
}

/** RFC 9068 §2.2. Nothing but what is needed to check it: roles are Gatehouse's own affair. */
export async function signAccessToken(granted: Granted, { ISSUER, SIGNING_KEYS }: Settings): Promise<string> {
  const [key] = SIGNING_KEYS;
  if (key === undefined) throw new Error("there is no key to sign with");
  const claims = { client_id: granted.clientId, scope: granted.scopes.join(" ") };
  const nowS = Math.floor(Date.now() / 1_000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: await calculateJwkThumbprint(key) })
    .setIssuer(ISSUER)
    .setSubject(granted.subject)
    .setAudience(granted.resource)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + granted.expiresInS)
    .setJti(crypto.randomUUID())
    .sign(await importJWK(key, "ES256"));
}

/** The public halves, and by name: a member that is not listed here can never be published. */
export async function publishedKeys({ SIGNING_KEYS }: Settings): Promise<Response> {
  const keys = await Promise.all(SIGNING_KEYS.map(published));
  return Response.json({ keys }, { headers: { "cache-control": "public, max-age=300" } });
}

async function published(key: SigningKey) {
  const { kty, crv, x, y } = key;
  return { kty, crv, x, y, use: "sig", alg: "ES256", kid: await calculateJwkThumbprint(key) };
}
