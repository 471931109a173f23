// What must be true of an upgrade request before anyone asks who sent it.

import { looksLikeTicket } from "../access/ticket.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Problem } from "./problem.ts";

/** Names under which clients have been seen to put credentials into an address, where logs and histories keep them. */
const CREDENTIAL_PARAMETERS = ["access_token", "api_key", "apikey", "auth", "authorization", "key", "token", "ticket"];

export function checkUpgrade(request: Request, allowedOrigins: readonly string[]): Result<undefined, Problem> {
  const origin = checkOrigin(request, allowedOrigins);
  if (!origin.ok) return origin;
  const query = checkQuery(request);
  if (!query.ok) return query;

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

/** A page may only ask from an origin that is allowed, whatever its visitor's browser would add on the way. */
export function checkOrigin({ headers, url }: Request, allowed: readonly string[]): Result<undefined, Problem> {
  const origin = headers.get("origin");
  if (isAllowed(origin, headers.has("cookie"), allowed) || isDevelopers(origin, url)) return ok(undefined);
  const detail = "This origin may not connect. The deployment's ALLOWED_ORIGINS names those that may.";
  return err({ status: 403, reason: "origin_not_allowed", detail });
}

/** A ticket may stand in the address, where a client can write nothing else: it is worthless once it was used. */
export function checkQuery(request: Request): Result<undefined, Problem> {
  const parameters = [...new URL(request.url).searchParams];
  const isCredential = ([name, value]: [string, string]) =>
    CREDENTIAL_PARAMETERS.includes(name.toLowerCase()) && !(name === "ticket" && looksLikeTicket(value));
  if (!parameters.some(isCredential)) return ok(undefined);
  const detail =
    "Credentials do not belong into an address. Send Authorization: Bearer … and withdraw the one that was in it.";
  return err({ status: 400, reason: "credential_in_query", detail });
}

/** On a developer's own machine the page and the server are both there, and nowhere else. */
function isDevelopers(origin: string | null, url: string): boolean {
  return origin !== null && origin === new URL(url).origin && LOOPBACK.test(origin);
}

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

// Compared as a whole: `https://console.example.com.evil.example` begins like an allowed one and is another. A client that
// is no browser sends no Origin at all, and no cookie; what sends a cookie and hides its Origin is not trusted.
function isAllowed(origin: string | null, hasCookie: boolean, allowed: readonly string[]): boolean {
  return origin === null ? !hasCookie : allowed.includes(origin);
}
