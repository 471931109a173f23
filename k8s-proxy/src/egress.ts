// The proxy's only way out: GET of a path made of checked segments, and POST to a short list of questions. Reading only is a
// property of this file.
import { Agent, fetch } from "undici";
import { readAtMost } from "./bounded-body.ts";
import { toUrl } from "./egress-request.ts";
import { fail } from "./failure.ts";
import { err, ok } from "./result.ts";
import { traceHeader } from "./trace.ts";
import { describeCause, toFailure, unavailable } from "./upstream-failure.ts";

import type { Response } from "undici";
import type { EgressRequest } from "./egress-request.ts";
import type { Failure } from "./failure.ts";
import type { Credentials } from "./kubernetes/identity.ts";
import type { Result } from "./result.ts";
import type { Upstream } from "./upstream-failure.ts";

const TIMEOUT_MS = 10_000;
const MAX_RETRIES = 2;
const FIRST_RETRY_MS = 200;
const TOKEN_MAX_AGE_MS = 60_000;
/** About 500 pods with everything that controllers write into them, four times over. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const USER_AGENT = "gatehouse-k8s-proxy/0.1.0";

/** 201 is how a review is answered, 204 how the log of a pod that runs nowhere yet is. */
const ANSWERS: readonly number[] = [200, 201, 204];

/** What may be asked by POST: questions too long for a URL, and what our own account may do. Nothing here changes anything. */
const POSTABLE: readonly string[] = [
  "api/v1/query",
  "api/v1/query_range",
  "apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
];

export interface EgressPost extends EgressRequest {
  readonly body: URLSearchParams | object;
}

/** The bytes of an answer as they come. Leaving a loop over `body` drops the upstream request. */
export interface Streamed {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Egress {
  /** The parsed JSON of a 200. The signal is the caller's: when it fires, the upstream request is dropped. */
  get(request: EgressRequest, signal: AbortSignal): Promise<Result<unknown, Failure>>;
  /** A 200 or 204 as it comes. The deadline holds until the answer begins; afterwards the signal alone ends it. */
  stream(request: EgressRequest, signal: AbortSignal): Promise<Result<Streamed, Failure>>;
  post(request: EgressPost, signal: AbortSignal): Promise<Result<unknown, Failure>>;
  close(): Promise<void>;
}

export interface EgressOptions {
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly timeoutMs?: number;
  readonly maxResponseBytes?: number;
  /** After every request, for the metrics; status 0 where none came. */
  readonly onAnswer?: (upstream: string, status: number, tookMs: number) => void;
}

interface Sending {
  readonly credentials: Credentials;
  readonly upstream: Upstream;
  readonly options: EgressOptions;
  readonly agent: Agent;
}

interface Asked {
  readonly url: URL;
  readonly accept: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly body: EgressPost["body"] | undefined;
}

type Read<T> = (response: Response) => Result<T, Failure> | Promise<Result<T, Failure>>;

export function createEgress(credentials: Credentials, upstream: Upstream, options: EgressOptions): Egress {
  const agent = new Agent({ connect: credentials.tls, allowH2: false });
  const sending = { credentials, upstream, options, agent };

  const toAsked = (request: EgressRequest, body?: EgressPost["body"]): Asked => ({
    url: toUrl(credentials.server, request),
    accept: request.accept ?? "application/json",
    timeoutMs: request.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS,
    maxRetries: request.maxRetries ?? MAX_RETRIES,
    body,
  });
  const asJson =
    ({ maxBytes = options.maxResponseBytes ?? MAX_RESPONSE_BYTES }: EgressRequest): Read<unknown> =>
    (response) =>
      readJson(response, { maxBytes, upstream });

  return {
    async get(request, signal) {
      return askWithRetries({ asked: toAsked(request), read: asJson(request) }, signal, sending);
    },
    async stream(request, signal) {
      return askWithRetries({ asked: toAsked(request), read: toStreamed }, signal, sending);
    },
    async post(request, signal) {
      if (!POSTABLE.includes(request.path.join("/"))) throw new Error("this path may not be asked by POST");
      return askWithRetries({ asked: toAsked(request, request.body), read: asJson(request) }, signal, sending);
    },
    // After the drain: whoever still waits for an upstream is cut.
    close: () => agent.destroy(),
  };
}

async function askWithRetries<T>(
  { asked, read }: { readonly asked: Asked; readonly read: Read<T> },
  caller: AbortSignal,
  sending: Sending,
): Promise<Result<T, Failure>> {
  const { options, upstream } = sending;
  const endsAt = options.now() + asked.timeoutMs;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), asked.timeoutMs);
  const signal = AbortSignal.any([caller, deadline.signal]);

  try {
    for (let retries = 0; ; retries++) {
      const response = await send(asked, signal, sending);
      if (ANSWERS.includes(response.status)) return await read(response);
      const failure = await toFailure(response, upstream, options.now);
      await response.body?.cancel();
      const mayRetry = retries < asked.maxRetries && (response.status === 429 || response.status === 503);
      const pauseMs = retryPauseMs(failure, retries, options.random);
      if (!mayRetry || options.now() + pauseMs >= endsAt) return err(failure);
      await options.wait(pauseMs, signal);
    }
  } catch (cause) {
    if (caller.aborted) return fail("cluster_timeout", `The caller left before ${inSentence(upstream)} answered`);
    if (deadline.signal.aborted) return fail("cluster_timeout", tooSlow(upstream, asked.timeoutMs));
    return err(unavailable(`${upstream.name} cannot be reached`, describeCause(cause)));
  } finally {
    clearTimeout(timer);
  }
}

/** A projected token may have been replaced since it was read; the same token again would be refused again. */
async function send(asked: Asked, signal: AbortSignal, sending: Sending): Promise<Response> {
  const { token } = sending.credentials;
  const known = await token(TOKEN_MAX_AGE_MS);
  const response = await sendOnce(asked, { token: known, signal }, sending);
  if (response.status !== 401) return response;
  const fresh = await token(0);
  if (fresh === known) return response;
  await response.body?.cancel();
  return sendOnce(asked, { token: fresh, signal }, sending);
}

async function sendOnce(
  { url, accept, body }: Asked,
  { token, signal }: { readonly token: string | undefined; readonly signal: AbortSignal },
  { agent, credentials, options, upstream }: Sending,
): Promise<Response> {
  const startedAt = options.now();
  const isForm = body instanceof URLSearchParams;
  let status = 0;
  try {
    const response = await fetch(url, {
      // A redirect would carry the token to wherever the answer points.
      redirect: "error",
      dispatcher: agent,
      signal,
      ...(body === undefined ? { method: "GET" } : { method: "POST", body: isForm ? body : JSON.stringify(body) }),
      headers: {
        ...credentials.headers,
        accept,
        "user-agent": USER_AGENT,
        ...traceHeader(),
        ...(body !== undefined && !isForm && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    status = response.status;
    return response;
  } finally {
    options.onAnswer?.(upstream.name, status, options.now() - startedAt);
  }
}

function toStreamed({ status, body }: Response): Result<Streamed, Failure> {
  return ok({ status, body: body ?? NOTHING });
}

const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {
    // A 204 has no body.
  },
};

/** Jitter, so that callers who were refused together do not come back together. */
function retryPauseMs({ retryAfterS }: Failure, retries: number, random: () => number): number {
  if (retryAfterS !== undefined) return retryAfterS * 1000 + random() * 100;
  return FIRST_RETRY_MS * 2 ** retries * (0.5 + random());
}

async function readJson(
  response: Response,
  { maxBytes, upstream }: { readonly maxBytes: number; readonly upstream: Upstream },
): Promise<Result<unknown, Failure>> {
  const bytes = await readAtMost(response.body, maxBytes);
  if (!bytes.ok) {
    return fail(
      "too_much",
      `The answer of ${inSentence(upstream)} is larger than ${maxBytes} bytes; ask for fewer items`,
    );
  }
  try {
    return ok<unknown>(JSON.parse(Buffer.from(bytes.value).toString("utf8")));
  } catch {
    // The parser's message would quote the body.
    return err(unavailable(`The answer of ${inSentence(upstream)} is not JSON`, "is this the right address?"));
  }
}

function tooSlow(upstream: Upstream, timeoutMs: number): string {
  return `${upstream.name} did not answer within ${timeoutMs / 1000} s; ask for less, or try again`;
}

function inSentence({ name }: Upstream): string {
  return name.replace(/^The /, "the ");
}
