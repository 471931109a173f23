// The socket of an open page, on which it hears that something has changed.

import { isWithinRoles } from "../../access/grant.ts";
import { LIVE_UNTIL_HEADER } from "../../ports/approval-console.ts";
import { err, ok } from "../../result.ts";
import { checkOwnOrigin } from "./guard.ts";
import type { Permission } from "../../access/permission.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

/** A page that stays open over night connects, and is signed in, anew. */
const MAX_LIVE_MS = 8 * 60 * 60_000;
const HEARD_WITH: readonly Permission[] = [
  "runbooks:read",
  "runbooks:approve",
  "runbooks:break_glass",
  "runbooks:kill",
];

export async function openLive({ request, visit, desk, services }: Asked): Promise<Result<Response, Problem>> {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return err(UPGRADE);
  // A socket that another page opens carries the cookie as well, and a browser asks nobody before.
  const origin = visit.via === "bearer" ? ok(undefined) : checkOwnOrigin(request);
  if (!origin.ok) return origin;
  const { principal } = visit;
  const hears = HEARD_WITH.some((permission) => isWithinRoles(principal, permission, services.policy));
  if (principal.kind !== "human" || !hears) return err(NOT_FOR_THEM);

  const untilMs = Math.min(principal.expiresAtMs, services.now() + MAX_LIVE_MS);
  const headers = { upgrade: "websocket", [LIVE_UNTIL_HEADER]: String(untilMs) };
  const response = await desk.approvals.fetch("https://approvals/live", { headers });
  return response.status === 101 ? ok(response) : err(FULL);
}

const UPGRADE: Problem = {
  status: 426,
  reason: "upgrade_required",
  detail: "This is a WebSocket endpoint: connect with a WebSocket client.",
  headers: { upgrade: "websocket", connection: "Upgrade" },
};
const NOT_FOR_THEM: Problem = {
  status: 403,
  reason: "permission_denied",
  detail: "Only people who may see approvals hear of them here; whoever asked for one is told in its own session.",
};
const FULL: Problem = {
  status: 503,
  reason: "upstream_unavailable",
  detail: "No more pages can listen at the moment: look again now and then.",
  headers: { "retry-after": "30" },
};
