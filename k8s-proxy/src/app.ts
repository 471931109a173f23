// The proxy's HTTP surface: its routes, its probes, and what stands in for an answer where there is none.
import { Hono } from "hono";
import { admit } from "./admit.ts";
import { PROXY_STATUS, REQUEST_ID_HEADER } from "./contract/index.ts";
import { fail } from "./failure.ts";
import { HANDLERS } from "./handlers.ts";
import { reachOf } from "./reach.ts";
import { withoutNames } from "./readiness.ts";
import { recordCall, whereAndWhat } from "./record-call.ts";
import { countRedactions, redactAnswer } from "./redact/answer.ts";
import { requestId, respond } from "./reply.ts";
import { ok } from "./result.ts";
import { serveWatches } from "./serve-watches.ts";

import type { AdmitOptions } from "./admit.ts";
import type { Observed, TokenClaims } from "./contract/index.ts";
import type { Failure } from "./failure.ts";
import type { Handler } from "./handlers.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";
import type { Backends } from "./reading.ts";
import type { Result } from "./result.ts";

export interface AppOptions extends AdmitOptions {
  readonly backends: Backends;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "begin" | "answered" | "watched">;
  readonly readiness: () => Promise<Readiness>;
  readonly newId: () => string;
  readonly stopping: AbortSignal;
}

interface Outcome {
  readonly result: Result<object, Failure>;
  /** Who asked, once the token has held. */
  readonly claims?: TokenClaims;
}

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  const { readiness, stopping } = options;

  // A connection kept open for a next call would hold up the stop until it times out.
  app.use(async (c, next) => {
    await next();
    if (stopping.aborted) c.header("connection", "close");
  });

  app.get("/healthz", (c) => c.json({ status: "live" }));
  app.get("/readyz", async (c) => {
    const report = await readiness();
    return c.json(withoutNames(report), report.status === "ready" ? 200 : 503);
  });

  for (const handler of HANDLERS) serveRoute(app, handler, options);
  serveWatches(app, options);

  app.notFound((c) => respond(c, fail("not_found", "No such route: is the Worker newer than this proxy?")));
  app.onError((cause, c) => {
    const id = requestId(c, options.newId);
    options.log({ event: "crashed", request_id: id, detail: whereAndWhat(cause) });
    options.metrics.answered({ route: "crashed", status: PROXY_STATUS.cluster_unavailable, tookMs: 0 });
    return respond(c, fail("cluster_unavailable", `The proxy failed; its log has the cause under request ${id}`));
  });
  return app;
}

function serveRoute(app: Hono, handler: Handler, options: AppOptions): void {
  const { now } = options.backends;
  app.post(handler.path, async (c) => {
    const startedAt = now();
    const id = requestId(c, options.newId);
    c.header(REQUEST_ID_HEADER, id);
    const end = options.metrics.begin(handler.path);
    const { result, claims } = await answer(c.req.raw, handler, options).finally(end);

    const response = respond(c, result);
    const call = {
      route: handler.path,
      requestId: id,
      claims,
      status: response.status,
      tookMs: now() - startedAt,
      result,
    };
    recordCall(call, options);
    return response;
  });
}

async function answer(request: Request, handler: Handler, options: AppOptions): Promise<Outcome> {
  const admitted = await admit(request, handler.parse, options);
  if (!admitted.result.ok) return { ...admitted, result: admitted.result };
  const { asked, claims } = admitted.result.value;

  const { backends } = options;
  const startedAt = backends.now();
  const warnings: string[] = [];
  const result = await asked.run({
    ...backends,
    reach: reachOf(claims.namespaces, options.allowedNamespaces),
    signal: request.signal,
    warn: (warning) => warnings.push(warning),
  });
  return {
    result: result.ok
      ? ok(observed(redactAnswer(result.value, backends.redact), { startedAt, now: backends.now(), warnings }))
      : result,
    claims,
  };
}

interface Timing {
  readonly startedAt: number;
  readonly now: number;
  readonly warnings: string[];
}

function observed(data: object, { startedAt, now, warnings }: Timing): object & Observed {
  return {
    ...data,
    observed_at: new Date(startedAt).toISOString(),
    took_ms: now - startedAt,
    redactions: countRedactions(data),
    warnings,
  };
}
