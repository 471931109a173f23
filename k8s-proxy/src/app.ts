// The proxy's HTTP surface. The order of the steps in `answer` is the security policy.
import { Hono } from "hono";
import { readAtMost } from "./bounded-body.ts";
import { PROXY_STATUS, REQUEST_ID_HEADER } from "./contract/index.ts";
import { fail, toProxyError } from "./failure.ts";
import { HANDLERS } from "./handlers.ts";
import { reachOf } from "./reach.ts";
import { meteredCall } from "./metered-call.ts";
import { withoutNames } from "./readiness.ts";
import { countRedactions, redactAnswer } from "./redact/answer.ts";
import { ok } from "./result.ts";

import type { Context } from "hono";
import type { Authenticate } from "./authenticate.ts";
import type { Observed, TokenClaims } from "./contract/index.ts";
import type { Failure } from "./failure.ts";
import type { Handler } from "./handlers.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";
import type { Backends } from "./reading.ts";
import type { Result } from "./result.ts";

const MAX_BODY_BYTES = 64 * 1024;

export interface AppOptions {
  readonly authenticate: Authenticate;
  /** The namespaces of this cluster that are open, as names or globs: the last word, whatever the Worker granted. */
  readonly allowedNamespaces: readonly string[];
  readonly backends: Backends;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "begin" | "answered">;
  readonly readiness: () => Promise<Readiness>;
  /** The account was found to hold more than reading: then nothing is answered, over whichever connection it is asked. */
  readonly isViolated: () => boolean;
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

  app.notFound((c) => respond(c, fail("not_found", "No such route: is the Worker newer than this proxy?")));
  app.onError((cause, c) => {
    const id = requestId(c, options.newId);
    options.log({ event: "crashed", request_id: id, detail: whereAndWhat(cause) });
    options.metrics.answered({ route: "crashed", status: PROXY_STATUS.cluster_unavailable, tookMs: 0 });
    return respond(c, fail("cluster_unavailable", `The proxy failed; its log has the cause under request ${id}`));
  });
  return app;
}

/** For the operator: no stack, and nothing that is as long as a token or encoded data. */
function whereAndWhat({ name, message, stack = "" }: Error): string {
  const at = /^\s+at (.{1,200})$/m.exec(stack)?.[1] ?? "an unknown place";
  return `${name}: ${message.slice(0, 300).replace(/[\w+/=.~-]{24,}/g, "[…]")}, at ${at}`;
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
    const tookMs = now() - startedAt;
    options.metrics.answered(meteredCall({ route: handler.path, status: response.status, tookMs }, result));
    options.log({
      event: "call",
      request_id: id,
      principal: claims?.sub,
      tool: claims?.tool,
      namespaces: claims?.namespaces,
      status: response.status,
      ...(!result.ok && { reason: result.error.reason, detail: result.error.detail }),
      took_ms: tookMs,
    });
    return response;
  });
}

async function answer(request: Request, handler: Handler, options: AppOptions): Promise<Outcome> {
  const authenticated = await options.authenticate(
    { authorization: request.headers.get("authorization") ?? undefined, path: new URL(request.url).pathname },
    () => readBody(request),
  );
  if (!authenticated.ok) return { result: authenticated };
  const { claims, body } = authenticated.value;
  if (options.isViolated()) return { result: VIOLATED, claims };

  const parsed = parseJson(body);
  const asked = parsed.ok ? handler.parse(parsed.value) : parsed;
  if (!asked.ok) return { result: asked, claims };

  const guarded = guard(asked.value.namespace, claims, options.allowedNamespaces);
  if (!guarded.ok) return { result: guarded, claims };

  const { backends } = options;
  const startedAt = backends.now();
  const warnings: string[] = [];
  const result = await asked.value.run({
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

const VIOLATED = fail(
  "cluster_unavailable",
  "The cluster's proxy is out of service: its account may do more than read",
  {
    detail: "/readyz on the internal port names the rules",
  },
);

/** The token is what the Worker authorised, the allow-list what this cluster's owners did: a call needs both. */
function guard(
  namespace: string | undefined,
  { namespaces }: TokenClaims,
  allowed: readonly string[],
): Result<undefined, Failure> {
  if (namespace === undefined) return ok(undefined);
  if (!reachOf(namespaces, ["*"]).has(namespace)) {
    return fail("namespace_not_allowed", `The call's token does not cover namespace ${namespace}`);
  }
  if (!reachOf(["*"], allowed).has(namespace)) {
    return fail("namespace_not_allowed", `Namespace ${namespace} is not open to Gatehouse in this cluster`, {
      detail: "to open it, add it to ALLOWED_NAMESPACES and bind the proxy's service account there",
    });
  }
  return ok(undefined);
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

async function readBody(request: Request): Promise<Result<Uint8Array, Failure>> {
  const body = await readAtMost(request.body, MAX_BODY_BYTES);
  return body.ok ? body : fail("invalid_request", `The body may have ${MAX_BODY_BYTES} bytes at most`);
}

function parseJson(body: Uint8Array): Result<unknown, Failure> {
  try {
    return ok<unknown>(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
  } catch {
    return fail("invalid_request", "The body is not JSON in UTF-8");
  }
}

function respond(c: Context, result: Result<object, Failure>) {
  if (result.ok) return c.json(result.value);
  const { reason } = result.error;
  if (reason === "unauthenticated") c.header("www-authenticate", "Bearer");
  return c.json({ error: toProxyError(result.error) }, PROXY_STATUS[reason]);
}

/** A request id is the Worker's to choose, but it is written into our log: only plain ones are taken over. */
function requestId(c: Context, newId: () => string): string {
  const given = c.req.header(REQUEST_ID_HEADER) ?? "";
  return /^[\w.-]{1,64}$/.test(given) ? given : newId();
}
