// The proxy's HTTP surface. The order of the steps in `answer` is the security policy.
import { Hono } from "hono";
import * as z from "zod";
import { readAtMost } from "./bounded-body.ts";
import { PROXY_STATUS, REQUEST_ID_HEADER, ROUTES } from "./contract.ts";
import { fail, toProxyError } from "./failure.ts";
import { listPods } from "./kubernetes/pods.ts";
import { readinessCheck } from "./readiness.ts";
import { ok } from "./result.ts";

import type { Context } from "hono";
import type { Authenticate } from "./authenticate.ts";
import type { TokenClaims } from "./contract.ts";
import type { Failure } from "./failure.ts";
import type { NamespaceGuard } from "./guard.ts";
import type { KubernetesApi } from "./kubernetes/client.ts";
import type { Reading } from "./kubernetes/pods.ts";
import type { Log } from "./log.ts";
import type { Result } from "./result.ts";

const MAX_BODY_BYTES = 64 * 1024;

export interface AppOptions {
  readonly authenticate: Authenticate;
  readonly guard: NamespaceGuard;
  readonly api: Pick<KubernetesApi, "get">;
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
  readonly stopping: AbortSignal;
}

/** A route: what may be asked, and the reading that answers it. */
interface Route<Asked extends { readonly namespace: string }> {
  readonly request: z.ZodType<Asked>;
  readonly run: (asked: Asked, reading: Reading) => Promise<Result<object, Failure>>;
}

interface Outcome {
  readonly result: Result<object, Failure>;
  /** Who asked, once the token has held. */
  readonly claims?: TokenClaims;
}

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  const readiness = readinessCheck(options);

  // A connection kept open for a next call would hold up the stop until it times out.
  app.use(async (c, next) => {
    await next();
    if (options.stopping.aborted) c.header("connection", "close");
  });

  app.get("/healthz", (c) => c.json({ status: "live" }));
  app.get("/readyz", async (c) => {
    const status = await readiness();
    return c.json({ status }, status === "ready" ? 200 : 503);
  });

  serveRoute({ app, options, path: ROUTES.listPods.path }, { request: ROUTES.listPods.request, run: listPods });

  app.notFound((c) => respond(c, fail("not_found", `No such route; there is POST ${ROUTES.listPods.path}`)));
  app.onError((cause, c) => {
    const id = requestId(c, options.newId);
    options.log({ event: "crashed", request_id: id, detail: whereAndWhat(cause) });
    return respond(c, fail("cluster_unavailable", `The proxy failed; its log has the cause under request ${id}`));
  });
  return app;
}

/** For the operator: no stack, and nothing that is as long as a token or encoded data. */
function whereAndWhat({ name, message, stack = "" }: Error): string {
  const at = /^\s+at (.{1,200})$/m.exec(stack)?.[1] ?? "an unknown place";
  return `${name}: ${message.slice(0, 300).replace(/[\w+/=.~-]{24,}/g, "[…]")}, at ${at}`;
}

function serveRoute<Asked extends { readonly namespace: string }>(
  { app, options, path }: { app: Hono; options: AppOptions; path: string },
  route: Route<Asked>,
): void {
  app.post(path, async (c) => {
    const startedAt = options.now();
    const id = requestId(c, options.newId);
    c.header(REQUEST_ID_HEADER, id);
    const { result, claims } = await answer(c.req.raw, route, options);

    const response = respond(c, result);
    options.log({
      event: "call",
      request_id: id,
      principal: claims?.sub,
      tool: claims?.tool,
      namespace: claims?.namespace,
      status: response.status,
      ...(!result.ok && { reason: result.error.reason, detail: result.error.detail }),
      took_ms: options.now() - startedAt,
    });
    return response;
  });
}

async function answer<Asked extends { readonly namespace: string }>(
  request: Request,
  route: Route<Asked>,
  { authenticate, guard, api, now }: AppOptions,
): Promise<Outcome> {
  const authenticated = await authenticate(
    { authorization: request.headers.get("authorization") ?? undefined, path: new URL(request.url).pathname },
    () => readBody(request),
  );
  if (!authenticated.ok) return { result: authenticated };
  const { claims, body } = authenticated.value;

  const asked = parseBody(route.request, body);
  if (!asked.ok) return { result: asked, claims };

  const guarded = guard({ asked: asked.value.namespace, claimed: claims.namespace });
  if (!guarded.ok) return { result: guarded, claims };

  return { result: await route.run(asked.value, { api, now, signal: request.signal }), claims };
}

async function readBody(request: Request): Promise<Result<Uint8Array, Failure>> {
  const body = await readAtMost(request.body, MAX_BODY_BYTES);
  return body.ok ? body : fail("invalid_request", `The body may have ${MAX_BODY_BYTES} bytes at most`);
}

function parseBody<Asked>(schema: z.ZodType<Asked>, body: Uint8Array): Result<Asked, Failure> {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
    return parsed.success ? ok(parsed.data) : fail("invalid_request", z.prettifyError(parsed.error));
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
