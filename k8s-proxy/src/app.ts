// The reading proxy's HTTP surface: a route for each of its handlers, and the watches.
import { admit } from "./admit.ts";
import { bareApp } from "./bare-app.ts";
import { REQUEST_ID_HEADER } from "./contract/index.ts";
import { HANDLERS } from "./handlers.ts";
import { observed } from "./observed.ts";
import { reachOf } from "./reach.ts";
import { withoutNames } from "./readiness.ts";
import { recordCall } from "./record-call.ts";
import { redactAnswer } from "./redact/answer.ts";
import { requestId, respond } from "./reply.ts";
import { ok } from "./result.ts";
import { serveWatches } from "./serve-watches.ts";

import type { Hono } from "hono";
import type { AdmitOptions } from "./admit.ts";
import type { TokenClaims } from "./contract/index.ts";
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
  const { readiness } = options;
  const app = bareApp({ ...options, readiness: async () => withoutNames(await readiness()) });
  for (const handler of HANDLERS) serveRoute(app, handler, options);
  serveWatches(app, options);
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
