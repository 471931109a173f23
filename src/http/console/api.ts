// The routes of the console's API. The page's own files are none of them.

import { Hono } from "hono/tiny";
import { isWithinRoles } from "../../access/grant.ts";
import { PERMISSIONS } from "../../access/permission.ts";
import { ok } from "../../result.ts";
import { checkQuery } from "../door.ts";
import { TOO_MANY } from "../problem.ts";
import { countRefusal } from "../refusals.ts";
import { openActivity } from "./activity.ts";
import { answer, logRefusal, refused } from "./answers.ts";
import { decide, listApprovals, showApproval } from "./approvals.ts";
import { listAudit, showAuditEvent, showAuditPayload, summarizeAudit } from "./audit.ts";
import { deskOf } from "./desk.ts";
import { showEvidence } from "./evidence.ts";
import { checkSamePage } from "./guard.ts";
import { showHealth } from "./health.ts";
import { openLive } from "./live.ts";
import { signedOut, signIn } from "./pass-cookie.ts";
import { cancelRun, showRun } from "./runs.ts";
import { createKey, listKeys, revokeKey, rotateKey } from "./keys.ts";
import { showPolicy, simulate } from "./policy.ts";
import { cancelCall, disconnect, listSessions, showSession } from "./sessions.ts";
import { flip, listSwitches } from "./switches.ts";
import { callAsOneself } from "./tool-call.ts";
import { listTools } from "./tools.ts";
import { showUsage } from "./usage.ts";
import { signInOf, visitOf } from "./visit.ts";
import type { Result } from "../../result.ts";
import type { Services } from "../../services.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { Me } from "./contract.ts";

type Served = Promise<Result<Response, Problem>>;

/** For whoever is known, each with permissions of its own. */
const ROUTES: readonly (readonly ["GET" | "POST", string, (asked: Asked) => Served])[] = [
  ["GET", "/me", me],
  ["GET", "/approvals", listApprovals],
  ["GET", "/approvals/:id", showApproval],
  ["POST", "/approvals/:id/decision", decide],
  ["GET", "/runs/:id", showRun],
  ["POST", "/runs/:id/cancel", cancelRun],
  ["GET", "/switches", listSwitches],
  ["POST", "/switches", flip],
  ["GET", "/live", openLive],
  ["GET", "/sessions", listSessions],
  ["GET", "/sessions/:id", showSession],
  ["POST", "/sessions/:id/cancel", cancelCall],
  ["POST", "/sessions/:id/disconnect", disconnect],
  ["GET", "/tools", listTools],
  ["POST", "/tools/call", callAsOneself],
  ["GET", "/policy", showPolicy],
  ["POST", "/policy/simulate", simulate],
  ["GET", "/keys", listKeys],
  ["POST", "/keys", createKey],
  ["POST", "/keys/:id/rotate", rotateKey],
  ["POST", "/keys/:id/revoke", revokeKey],
  ["GET", "/activity", openActivity],
  ["GET", "/health", showHealth],
  ["GET", "/audit", listAudit],
  ["GET", "/audit/summary", summarizeAudit],
  ["GET", "/audit/evidence", showEvidence],
  ["GET", "/audit/events/:id", showAuditEvent],
  ["GET", "/audit/payload/:id", showAuditPayload],
  ["GET", "/usage", showUsage],
];

export function consoleApi(services: Services) {
  const api = new Hono<{ Bindings: Env }>();
  const respond = (request: Request, served: Result<Response, Problem>) => {
    if (served.ok) return served.value;
    logRefusal(request, served.error);
    countRefusal(served.error.reason, services);
    return refused(served.error);
  };
  const served = (serve: (asked: Asked) => Served) => async (context: { req: Context; env: Env }) => {
    const { req, env } = context;
    return respond(req.raw, await known({ request: req.raw, id: req.param("id") ?? "", env, services }, serve));
  };

  for (const [method, path, serve] of ROUTES) api.on(method, path, served(serve));

  api.post("/sign-in", async ({ req, env }) => {
    const limited = await admitted(req.raw, env.DOOR_LIMIT);
    return respond(req.raw, limited.ok ? await signIn(req.raw, services) : limited);
  });
  api.post("/sign-out", async ({ req }) => {
    const visit = await visitOf(req.raw, services);
    // Whoever is not signed in any more is signed out, with nothing to protect.
    const checked = visit.ok ? checkSamePage(req.raw, visit.value) : ok(undefined);
    return respond(req.raw, checked.ok ? ok(signedOut(req.raw)) : checked);
  });
  api.all("*", () => refused(NOT_FOUND));
  return api;
}

interface Context {
  readonly raw: Request;
  readonly param: (name: string) => string | undefined;
}

interface Coming {
  readonly request: Request;
  readonly id: string;
  readonly env: Env;
  readonly services: Services;
}

async function known({ request, id, env, services }: Coming, serve: (asked: Asked) => Served): Served {
  const limited = await admitted(request, env.REQUEST_LIMIT);
  if (!limited.ok) return limited;
  const query = checkQuery(request);
  if (!query.ok) return query;
  const visit = await visitOf(request, services);
  if (!visit.ok) return visit;
  const isSafe = request.method === "GET" || request.method === "HEAD";
  const checked = isSafe ? ok(undefined) : checkSamePage(request, visit.value);
  if (!checked.ok) return checked;
  return serve({ request, visit: visit.value, desk: deskOf(env), id, services });
}

async function admitted(request: Request, limit: RateLimit): Promise<Result<undefined, Problem>> {
  const { success } = await limit.limit({ key: request.headers.get("cf-connecting-ip") ?? "unknown" });
  return success ? ok(undefined) : { ok: false, error: TOO_MANY };
}

function me({ visit, services }: Asked): Served {
  const { principal, via, csrf } = visit;
  const { id, kind, roles } = principal;
  const body: Me = {
    principal: { id, kind, roles },
    permissions: PERMISSIONS.filter((permission) => isWithinRoles(principal, permission, services.policy)),
    csrf,
    sign_in: signInOf(services),
    sign_out: via === "cookie",
  };
  return Promise.resolve(ok(answer(body)));
}

const NOT_FOUND: Problem = {
  status: 404,
  reason: "not_found",
  detail: "The console's API has no such route: docs/console.md lists what its pages ask for.",
};
