// What must be true of an upgrade request before anyone asks who sent it.

import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Problem } from "./problem.ts";

/** Names under which clients have been seen to put credentials into an address, where logs and histories keep them. */
const CREDENTIAL_PARAMETERS = ["access_token", "api_key", "apikey", "auth", "authorization", "key", "token", "ticket"];

export function checkUpgrade(request: Request, allowedOrigins: readonly string[]): Result<undefined, Problem> {
  if (!isAllowed(request.headers.get("origin"), allowedOrigins)) {
    const detail = "This origin may not connect. The deployment's ALLOWED_ORIGINS names those that may.";
    return err({ status: 403, reason: "origin_not_allowed", detail });
  }

  const { searchParams } = new URL(request.url);
  if ([...searchParams.keys()].some((name) => CREDENTIAL_PARAMETERS.includes(name.toLowerCase()))) {
    const detail =
      "Credentials do not belong into an address. Send Authorization: Bearer ghk_… and withdraw the key that was in it.";
    return err({ status: 400, reason: "credential_in_query", detail });
  }

  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    const detail =
      "This is a WebSocket endpoint: connect with a WebSocket client, Authorization: Bearer ghk_… on the upgrade request.";
    return err({
      status: 426,
      reason: "upgrade_required",
      detail,
      headers: { upgrade: "websocket", connection: "Upgrade" },
    });
  }
  return ok(undefined);
}

/** The credential that was sent, or undefined for none; anything but one bearer token is a mistake worth telling. */
export function readCredential(request: Request): Result<string | undefined, Problem> {
  const header = request.headers.get("authorization");
  if (header === null) return ok(undefined);
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  return token === undefined ? err(unauthorized("Send Authorization: Bearer ghk_<id>_<secret>.")) : ok(token);
}

/** RFC 6750 §3. */
export function unauthorized(detail: string): Problem {
  return {
    status: 401,
    reason: "unauthenticated",
    detail,
    headers: { "www-authenticate": 'Bearer realm="gatehouse"' },
  };
}

// Compared as a whole: `https://console.example.com.evil.example` begins like an allowed one and is another.
// A client that is no browser sends no Origin at all.
function isAllowed(origin: string | null, allowed: readonly string[]): boolean {
  return origin === null || allowed.includes(origin);
}
