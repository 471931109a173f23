// The socket of an open page, on which it hears that something has changed.

import { isWithinRoles } from "../../access/grant.ts";
import { LIVE_UNTIL_HEADER } from "../../ports/approval-console.ts";
import { err, ok } from "../../result.ts";
import { checkOwnOrigin } from "./guard.ts";
import type { Principal } from "../../access/principal.ts";
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

interface Listening {
  readonly permitted: Result<undefined, Problem>;
  readonly open: (init: RequestInit) => Promise<Response>;
}

export function openLive(asked: Asked): Promise<Result<Response, Problem>> {
  const { principal } = asked.visit;
  const hears = HEARD_WITH.some((permission) => isWithinRoles(principal, permission, asked.services.policy));
  const permitted = principal.kind === "human" && hears ? ok(undefined) : err(NOT_FOR_THEM);
  return listen(asked, { permitted, open: (init) => asked.desk.approvals.fetch("https://approvals/live", init) });
}

/** The socket of a page, at whichever object it listens to. */
export async function listen(asked: Asked, { permitted, open }: Listening): Promise<Result<Response, Problem>> {
  const { request, visit, services } = asked;
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return err(UPGRADE);
  // A socket that another page opens carries the cookie as well, and a browser asks nobody before.
  const origin = visit.via === "bearer" ? ok(undefined) : checkOwnOrigin(request);
  if (!origin.ok) return origin;
  if (!permitted.ok) return permitted;

  const untilMs = Math.min(visit.principal.expiresAtMs, services.now() + MAX_LIVE_MS);
  const response = await open({ headers: { upgrade: "websocket", [LIVE_UNTIL_HEADER]: String(untilMs) } });
  return response.status === 101 ? ok(response) : err(FULL);
}

/** For what says nothing of anybody, and yet is a page's and no agent's. */
export function refusedToAgents({ kind }: Principal): Result<undefined, Problem> {
  return kind === "human" ? ok(undefined) : err(FOR_PEOPLE);
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
const FOR_PEOPLE: Problem = {
  status: 403,
  reason: "permission_denied",
  detail: "This is for people at the console; an agent asks with its tools.",
};
const FULL: Problem = {
  status: 503,
  reason: "upstream_unavailable",
  detail: "No more pages can listen at the moment: look again now and then.",
  headers: { "retry-after": "30" },
};
