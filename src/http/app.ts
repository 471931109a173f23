// The routes.

import { Hono } from "hono/tiny";
import { causeOf, log } from "../log.ts";
import { consoleApi } from "./console/api.ts";
import { CONSOLE_API } from "./console/contract.ts";
import { mcpEndpoint, mcpPreflight } from "./mcp-endpoint.ts";
import { problem } from "./problem.ts";
import { metadataPreflight, resourceMetadata } from "./resource-metadata.ts";
import { metrics } from "./metrics.ts";
import { ready } from "./ready.ts";
import { RefusalReports } from "./refusals.ts";
import { issueTicket, ticketPreflight } from "./tickets.ts";
import { upgrade } from "./upgrade.ts";
import type { Services } from "../services.ts";
import type { Problem } from "./problem.ts";

type App = Hono<{ Bindings: Env }>;

export function createApp(services: Services): App {
  const app: App = new Hono();
  operationRoutes(app, services);

  // Whoever opens the bare address in a browser means the page. Programs are told what there is.
  app.get("/", (context) =>
    accepts(context.req.header("accept"), "text/html") ? context.redirect("/console/") : context.notFound(),
  );
  app.get("/mcp", ({ req, env }) =>
    req.header("upgrade") === undefined && accepts(req.header("accept"), "text/event-stream")
      ? mcpEndpoint(req.raw, services, env)
      : upgrade(req.raw, services, env),
  );
  app.on(["POST", "DELETE"], "/mcp", ({ req, env }) => mcpEndpoint(req.raw, services, env));
  app.options("/mcp", ({ req }) => mcpPreflight(req.raw, services));
  app.all("/mcp", () => problem(OTHER_METHOD));

  app.post("/tickets", ({ req, env }) => issueTicket(req.raw, services, env));
  app.options("/tickets", ({ req }) => ticketPreflight(req.raw, services));
  for (const path of ["", "/mcp"]) {
    app.get(`/.well-known/oauth-protected-resource${path}`, () => resourceMetadata(services.config));
    app.options(`/.well-known/oauth-protected-resource${path}`, metadataPreflight);
  }

  app.route(CONSOLE_API, consoleApi(services));

  app.notFound(() => problem(NOWHERE));
  app.onError((cause) => {
    log("error", "http.crashed", causeOf(cause));
    return problem(CRASHED);
  });
  return app;
}

/** For whoever runs it; and what was refused is counted, whichever route refused it. */
function operationRoutes(app: App, services: Services): void {
  const reports = new RefusalReports(services);
  app.use(async (context, next) => {
    await next();
    const reported = reports.due(() => context.env.METRICS.getByName("deployment"));
    if (reported) context.executionCtx.waitUntil(reported);
  });
  app.get("/health", ({ json }) => json({ status: "ok", policy_version: services.policy.version }));
  app.get("/ready", ({ req, env }) =>
    ready(req.raw, { services, desk: env.METRICS.getByName("deployment"), limit: env.PUBLIC_LIMIT }),
  );
  app.get("/metrics", ({ req, env }) => metrics(req.raw, services, env.METRICS.getByName("deployment")));
}

function accepts(header: string | undefined, type: string): boolean {
  return header?.includes(type) ?? false;
}

const OTHER_METHOD: Problem = {
  status: 405,
  reason: "method_not_allowed",
  detail: "Send POST with a JSON-RPC message, or GET with Upgrade: websocket.",
  headers: { allow: "GET, POST, DELETE" },
};
const NOWHERE: Problem = { status: 404, reason: "not_found", detail: "There are /mcp, /tickets, /health and /ready." };
const CRASHED: Problem = {
  status: 500,
  reason: "internal_error",
  detail: "Something went wrong on our side; it has been logged.",
};
