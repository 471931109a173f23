// The actions proxy's HTTP surface: a route for each action, and one for what became of a key.
import { admit } from "../admit.ts";
import { bareApp } from "../bare-app.ts";
import { ACTION_OUTCOME_ROUTE, REQUEST_ID_HEADER } from "../contract/index.ts";
import { observed } from "../observed.ts";
import { reachOf } from "../reach.ts";
import { recordCall } from "../record-call.ts";
import { redactAnswer } from "../redact/answer.ts";
import { requestId, respond } from "../reply.ts";
import { ok } from "../result.ts";
import { act } from "./act.ts";
import { ACTIONS } from "./handlers.ts";
import { outcomeOf, parseOutcome } from "./outcome.ts";

import type { Context, Hono } from "hono";
import type { Admission } from "../admit.ts";
import type { Authenticate } from "../authenticate.ts";
import type { BareAppOptions } from "../bare-app.ts";
import type { ActionName, TokenClaims } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Acted as ActedLine } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Redact } from "../redact/redact.ts";
import type { Result } from "../result.ts";
import type { Acted, AskedAction } from "./act.ts";
import type { Tools } from "./action.ts";
import type { ActionHandler } from "./handlers.ts";
import type { Keys } from "./keys.ts";

export interface ActionsAppOptions extends Omit<BareAppOptions, "metrics"> {
  readonly authenticate: Authenticate;
  /** The namespaces in which something may be changed, as names or globs: the last word, whatever the Worker granted. */
  readonly allowedNamespaces: readonly string[];
  readonly allowedActions: readonly ActionName[];
  readonly keys: Keys;
  readonly tools: Tools;
  readonly redact: Redact;
  readonly metrics: Pick<Metrics, "begin" | "answered">;
}

/** What is written down of a call, with what it is answered by. */
interface Answered {
  readonly result: Result<object, Failure>;
  readonly claims?: TokenClaims | undefined;
  readonly acted?: ActedLine;
}

export function createActionsApp(options: ActionsAppOptions): Hono {
  const app = bareApp(options);
  for (const handler of ACTIONS) {
    app.post(handler.path, (c) => serve(c, options, (id) => answerAction(c.req.raw, { handler, id }, options)));
  }
  app.post(ACTION_OUTCOME_ROUTE.path, (c) => serve(c, options, () => answerOutcome(c.req.raw, options)));
  return app;
}

async function serve(
  c: Context,
  options: ActionsAppOptions,
  answer: (id: string) => Promise<Answered>,
): Promise<Response> {
  const { now } = options.tools;
  const startedAt = now();
  const callId = requestId(c, options.newId);
  c.header(REQUEST_ID_HEADER, callId);
  const route = c.req.path;
  const end = options.metrics.begin(route);
  const answered = await answer(callId).finally(end);
  const response = respond(c, answered.result);
  const call = { ...answered, route, requestId: callId, status: response.status, tookMs: now() - startedAt };
  recordCall(call, options);
  return response;
}

interface Asked {
  readonly handler: ActionHandler;
  readonly id: string;
}

async function answerAction(request: Request, { handler, id }: Asked, options: ActionsAppOptions): Promise<Answered> {
  const { result: admitted, claims } = await ask(request, handler.parse, options);
  if (!admitted.ok) return { result: admitted, claims };
  const { asked, claims: who } = admitted.value;

  const { tools, allowedActions, keys, log } = options;
  const startedAt = tools.now();
  const warnings: string[] = [];
  const reach = reachOf(who.namespaces, options.allowedNamespaces);
  const result = await act(
    asked,
    { ...tools, reach, signal: request.signal, warn: (warning) => warnings.push(warning) },
    {
      allowedActions,
      keys,
      onWrite: (object) =>
        log({
          event: "acting",
          request_id: id,
          principal: who.sub,
          action: handler.name,
          object,
          key: asked.idempotency_key,
        }),
    },
  );
  const acted = lineOf(asked, result);
  if (!result.ok) return { result, claims: who, acted };
  const shown = redactAnswer(result.value, options.redact);
  return { result: ok(observed(shown, { startedAt, now: tools.now(), warnings })), claims: who, acted };
}

async function answerOutcome(request: Request, options: ActionsAppOptions): Promise<Answered> {
  const { result: admitted, claims } = await ask(request, parseOutcome, options);
  if (!admitted.ok) return { result: admitted, claims };
  const startedAt = options.tools.now();
  const reach = reachOf(admitted.value.claims.namespaces, options.allowedNamespaces);
  const found = redactAnswer(outcomeOf(admitted.value.asked, reach, options.keys), options.redact);
  return { result: ok(observed(found, { startedAt, now: options.tools.now(), warnings: [] })), claims };
}

function ask<A extends { readonly namespace: string | undefined }>(
  request: Request,
  parse: (body: unknown) => Result<A, Failure>,
  { authenticate, allowedNamespaces }: ActionsAppOptions,
): Promise<Admission<A>> {
  return admit(request, parse, { authenticate, allowedNamespaces, isViolated: () => false });
}

function lineOf({ idempotency_key: key, dry_run }: AskedAction, result: Result<Acted, Failure>): ActedLine {
  if (!result.ok) return { key, dry_run };
  const { object, changed, replayed } = result.value;
  const where = object.namespace === undefined ? "" : `${object.namespace}/`;
  return { key, dry_run, object: `${object.kind} ${where}${object.name}`, changed, replayed };
}
