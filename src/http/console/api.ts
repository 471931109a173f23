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

  api.get("/me", served(me));
  api.get("/approvals", served(listApprovals));
  api.get("/approvals/:id", served(showApproval));
  api.post("/approvals/:id/decision", served(decide));
  api.get("/runs/:id", served(showRun));
  api.post("/runs/:id/cancel", served(cancelRun));
  api.get("/switches", served(listSwitches));
  api.post("/switches", served(flip));
  api.get("/live", served(openLive));
  api.get("/sessions", served(listSessions));
  api.get("/sessions/:id", served(showSession));
  api.post("/sessions/:id/cancel", served(cancelCall));
  api.post("/sessions/:id/disconnect", served(disconnect));
  api.get("/tools", served(listTools));
  api.post("/tools/call", served(callAsOneself));
  api.get("/policy", served(showPolicy));
  api.post("/policy/simulate", served(simulate));
  api.get("/keys", served(listKeys));
  api.post("/keys", served(createKey));
  api.post("/keys/:id/rotate", served(rotateKey));
  api.post("/keys/:id/revoke", served(revokeKey));
  api.get("/activity", served(openActivity));
  api.get("/health", served(showHealth));
  api.get("/audit", served(listAudit));
  api.get("/audit/summary", served(summarizeAudit));
  api.get("/audit/evidence", served(showEvidence));
  api.get("/audit/events/:id", served(showAuditEvent));
  api.get("/audit/payload/:id", served(showAuditPayload));
  api.get("/usage", served(showUsage));

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
