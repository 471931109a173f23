// The HTTP side of /mcp: POST for every message, GET and DELETE for sessions of those that shook hands.

import { challenge } from "../access/challenge.ts";
import { encodeOpening, OPENING_HEADER, sessionOfPrincipal } from "../access/opening.ts";
import { READ_SCOPES } from "../access/permission.ts";
import { isLongerThan } from "../bytes.ts";
import { MAX_FRAME_BYTES } from "../jsonrpc/frame.ts";
import { log } from "../log.ts";
import { err, ok } from "../result.ts";
import { mayBeAnonymous } from "../transport/anonymous.ts";
import { EXPOSED_HEADERS, SESSION_HEADER, VERSION_HEADER } from "../transport/headers.ts";
import { isInitialize } from "../transport/initialize.ts";
import { answerPost } from "../transport/post.ts";
import { authenticate } from "./authenticate.ts";
import { unauthorized } from "./challenge.ts";
import { checkOrigin, checkQuery } from "./door.ts";
import { placement } from "./placement.ts";
import { problem, TOO_MANY } from "./problem.ts";
import { countRefusal } from "./refusals.ts";
import { traced } from "./traced.ts";
import type { Opening } from "../access/opening.ts";
import type { Verified } from "../access/principal.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";
import type { OnRefusal } from "../services/public-peer.ts";
import type { Problem } from "./problem.ts";
import type { Bindings } from "./upgrade.ts";

interface Visit {
  readonly address: string;
  readonly startedAtMs: number;
  readonly services: Services;
  readonly bindings: Bindings;
}

/** Headers of the client's that the object needs; no others get in. */
const FORWARDED = ["accept", "last-event-id", "mcp-method", "mcp-name", VERSION_HEADER];

export async function mcpEndpoint(request: Request, services: Services, bindings: Bindings): Promise<Response> {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  const answered = await answer(request, { address, startedAtMs: services.now(), services, bindings });
  if (answered.ok) return readable(answered.value, request);

  const { status, reason, why } = answered.error;
  log("info", "door.refused", { address, status, reason, why });
  countRefusal(reason, services);
  const refused = problem(answered.error);
  return reason === "origin_not_allowed" ? refused : readable(refused, request);
}

/** For a page of an allowed origin that is not our own. */
export function mcpPreflight(request: Request, { config }: Services): Response {
  const checked = checkOrigin(request, config.ALLOWED_ORIGINS);
  if (!checked.ok) return problem(checked.error);
  const headers = {
    "access-control-allow-methods": "POST, GET, DELETE",
    "access-control-allow-headers": ["authorization", "content-type", SESSION_HEADER, ...FORWARDED].join(", "),
    "access-control-max-age": "600",
  };
  return readable(new Response(null, { status: 204, headers }), request);
}

async function answer(request: Request, visit: Visit): Promise<Result<Response, Problem>> {
  const { address, services, bindings } = visit;
  const checked = checkOrigin(request, services.config.ALLOWED_ORIGINS);
  if (!checked.ok) return checked;
  const query = checkQuery(request);
  if (!query.ok) return query;
  if (!(await bindings.REQUEST_LIMIT.limit({ key: address })).success) return err(TOO_MANY);

  const verified = await authenticate(request, services);
  if (!verified.ok) return verified;
  const body = request.method === "POST" ? await readBody(request) : ok("");
  if (!body.ok) return body;
  if (verified.value) return handOver(verified.value, { request, body: body.value, visit });
  if (request.method !== "POST") {
    return err(unauthorized("Sessions are for those with a credential: send Authorization: Bearer …", services.config));
  }
  return answerPublic({ request, body: body.value, visit });
}

interface Read {
  readonly request: Request;
  readonly body: string;
  readonly visit: Visit;
}

/** A session, where one is named or founded; otherwise the object of the principal, which keeps its limits. */
async function handOver(verified: Verified, { request, body, visit }: Read): Promise<Result<Response, Problem>> {
  const { address, startedAtMs, services, bindings } = visit;
  const named = request.headers.get(VERSION_HEADER) === MODERN ? null : request.headers.get(SESSION_HEADER);
  if (named !== null && !UUID.test(named)) return err(NO_SESSION);
  if (named === null && request.method !== "POST") return err(NOT_WITHOUT_SESSION);
  const isNew = named === null && isInitialize(body);
  const sessionId = named ?? (isNew ? services.uuid() : sessionOfPrincipal(verified.principal.id));
  const via = named !== null || isNew ? "session" : "stateless";
  const sourceIp = /^[0-9a-f.:]{2,45}$/i.test(address) ? { sourceIp: address } : {};
  const opening: Opening = { sessionId, via, verified, ...sourceIp, ...(isNew && { isNew }) };

  const hint = placement(request.cf);
  const session = bindings.SESSION.get(bindings.SESSION.idFromName(sessionId), hint ? { locationHint: hint } : {});
  const headers = new Headers({ [OPENING_HEADER]: encodeOpening(opening) });
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const { method, signal } = request;
  const answered = await traced({ request, services, startedAtMs }, (trace) => {
    for (const [name, value] of Object.entries(trace)) headers.set(name, value);
    return session.fetch("https://session/", { method, headers, signal, ...(method === "POST" && { body }) });
  });
  return ok(answered);
}

async function answerPublic({ request, body, visit }: Read): Promise<Result<Response, Problem>> {
  const { address, services, bindings } = visit;
  if (services.config.IDENTITY_PROVIDERS.length > 0 && !mayBeAnonymous(body, request.headers))
    return err(unauthorized("Sign in: the header WWW-Authenticate says where tokens come from.", services.config));
  if (!(await bindings.PUBLIC_LIMIT.limit({ key: address })).success) return err(TOO_MANY);
  const onRefusal: OnRefusal = (refusal) => {
    log("info", "public.refused", { address, ...refusal });
    countRefusal(refusal.reason, services);
  };
  const { headers, signal } = request;
  return ok(
    await answerPost(
      { body, headers, signal },
      {
        peer: (out, headerVersion) => services.publicPeer({ onRefusal, out, headerVersion }),
        challenge: ({ data }) =>
          data.reason === "unauthenticated" ? challenge(undefined, READ_SCOPES, services.config) : undefined,
      },
    ),
  );
}

async function readBody(request: Request): Promise<Result<string, Problem>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) return err(NOT_JSON);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_FRAME_BYTES) return err(TOO_LARGE);
  const body = await boundedText(request);
  return body === undefined || isLongerThan(body, MAX_FRAME_BYTES) ? err(TOO_LARGE) : ok(body);
}

/** A length that was announced need not be true. */
async function boundedText(request: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  const body: ReadableStream<Uint8Array> | null = request.body;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_FRAME_BYTES) return undefined;
  }
  return text + decoder.decode();
}

/** Only once the origin was checked. */
function readable(response: Response, { headers }: Request): Response {
  const origin = headers.get("origin");
  if (origin === null) return response;
  const shown = new Response(response.body, response);
  shown.headers.set("access-control-allow-origin", origin);
  shown.headers.set("access-control-expose-headers", EXPOSED_HEADERS);
  shown.headers.append("vary", "Origin");
  return shown;
}

const MODERN = "2026-07-28";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const NO_SESSION: Problem = {
  status: 404,
  reason: "not_found",
  detail: "This session has ended, or never was: send initialize again, without Mcp-Session-Id.",
};

const NOT_WITHOUT_SESSION: Problem = {
  status: 405,
  reason: "method_not_allowed",
  detail: "GET and DELETE need the Mcp-Session-Id that initialize gave you; everything else is a POST, or a WebSocket.",
  headers: { allow: "POST" },
};

const NOT_JSON: Problem = {
  status: 415,
  reason: "unsupported_media_type",
  detail: "Send one JSON-RPC message with Content-Type: application/json.",
};

const TOO_LARGE: Problem = {
  status: 413,
  reason: "payload_too_large",
  detail: `A message may hold ${MAX_FRAME_BYTES} bytes.`,
};
