// How the console's API answers: nothing is kept by a cache, framed, sniffed or sent on.

import { log } from "../../log.ts";
import { problem } from "../problem.ts";
import type { NotDecided } from "../../ports/approval-console.ts";
import type { Problem } from "../problem.ts";

/** Answers are data for our own page. Whatever else a browser could be made to do with them it may not. */
const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export function answer(body: unknown): Response {
  return Response.json(body, { headers: SECURITY_HEADERS });
}

export function nothing(headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: 204, headers: { ...SECURITY_HEADERS, ...headers } });
}

export function refused(refusal: Problem): Response {
  return problem({ ...refusal, headers: { ...SECURITY_HEADERS, ...refusal.headers } });
}

/** Whoever tries can be seen in the log. */
export function logRefusal(request: Request, { status, reason, why }: Problem): void {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  log("info", "console.refused", { address, path: new URL(request.url).pathname.slice(0, 100), status, reason, why });
}

export function problemOf(refusal: NotDecided): Problem {
  switch (refusal.kind) {
    case "forbidden":
      return { status: 403, reason: "permission_denied", detail: refusal.message };
    case "not_found":
      return { status: 404, reason: "not_found", detail: refusal.message };
    case "conflict":
    case "approval_invalid":
      return { status: 409, reason: "conflict", detail: refusal.message };
    case "approval_consumed":
    case "approval_required":
      return { status: 409, reason: "conflict", detail: "It has changed since you looked: look at it again." };
    case "approval_expired":
      return { status: 410, reason: "approval_expired", detail: "Its time has passed: it must be asked for again." };
    case "reason_required":
      return { status: 422, reason: "reason_required", detail: refusal.message };
    case "kill_switch_active": {
      const what = refusal.scope === "all" ? "All runbooks are" : `The ${refusal.scope} ${refusal.name} is`;
      return { status: 423, reason: "kill_switch_active", detail: `${what} switched off: ${refusal.reason}` };
    }
    case "busy":
      return {
        status: 429,
        reason: "busy",
        detail: refusal.message,
        headers: { "retry-after": String(Math.ceil(refusal.retryAfterMs / 1_000)) },
      };
    case "audit_backpressure":
      return { status: 503, reason: "audit_backpressure", detail: NO_RECORD, headers: { "retry-after": "5" } };
    case "upstream_unavailable":
    case "upstream_timeout":
      return { status: 503, reason: refusal.kind, detail: refusal.message, headers: { "retry-after": "5" } };
  }
}

const NO_RECORD = "This could not be written into the audit log, so it was not done. Try again in a few seconds.";
