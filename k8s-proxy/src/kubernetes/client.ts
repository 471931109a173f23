// The proxy's only way to a cluster: one function that sends GET. Reading only is a property of this file.
import { Agent, fetch } from "undici";
import { readAtMost } from "../bounded-body.ts";
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { toFailure, unavailable } from "./api-failure.ts";

import type { Response } from "undici";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Credentials } from "./identity.ts";

const TIMEOUT_MS = 10_000;
const MAX_RETRIES = 2;
const FIRST_RETRY_MS = 200;
const TOKEN_MAX_AGE_MS = 60_000;
/** About 500 pods with everything that controllers write into them, four times over. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const USER_AGENT = "gatehouse-k8s-proxy/0.1.0";

/** A name of the API: no slash, no percent sign, and never `.` or `..`, so a path can only be what its code says. */
const SEGMENT = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export interface ApiRequest {
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly timeoutMs?: number;
}

export interface KubernetesApi {
  /** The parsed JSON of a 200. The signal is the caller's: when it fires, the upstream request is dropped. */
  get(request: ApiRequest, signal: AbortSignal): Promise<Result<unknown, Failure>>;
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly timeoutMs?: number;
  readonly maxResponseBytes?: number;
}

interface Attempt {
  readonly url: URL;
  readonly signal: AbortSignal;
}

interface Refused {
  readonly failure: Failure;
  readonly mayRetry: boolean;
}

export function kubernetesApi(credentials: Credentials, options: ApiOptions): KubernetesApi {
  const agent = new Agent({ connect: credentials.tls, allowH2: false });

  const send = ({ url, signal }: Attempt, token: string | undefined): Promise<Response> =>
    fetch(url, {
      method: "GET",
      // A redirect would carry the service account's token to wherever the answer points.
      redirect: "error",
      dispatcher: agent,
      signal,
      headers: {
        accept: "application/json",
        "user-agent": USER_AGENT,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });

  const attempt = async (request: Attempt): Promise<Result<unknown, Refused>> => {
    const response = await sendWithFreshToken(credentials, (token) => send(request, token));
    if (response.status === 200) return readJson(response, options.maxResponseBytes ?? MAX_RESPONSE_BYTES);
    const failure = await toFailure(response, options.now);
    await response.body?.cancel();
    return err({ failure, mayRetry: response.status === 429 || response.status === 503 });
  };

  return {
    get: (request, caller) => getWithRetries(request, caller, { attempt, options, server: credentials.server }),
    close: () => agent.close(),
  };
}

interface Retrying {
  readonly attempt: (request: Attempt) => Promise<Result<unknown, Refused>>;
  readonly options: ApiOptions;
  readonly server: URL;
}

async function getWithRetries(
  request: ApiRequest,
  caller: AbortSignal,
  { attempt, options, server }: Retrying,
): Promise<Result<unknown, Failure>> {
  const url = toUrl(server, request);
  const timeoutMs = request.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS;
  const endsAt = options.now() + timeoutMs;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([caller, deadline]);

  try {
    for (let retries = 0; ; retries++) {
      const outcome = await attempt({ url, signal });
      if (outcome.ok) return outcome;
      const { failure, mayRetry } = outcome.error;
      const pauseMs = retryPauseMs(failure, retries, options.random);
      if (!mayRetry || retries >= MAX_RETRIES || options.now() + pauseMs >= endsAt) return err(failure);
      await options.wait(pauseMs, signal);
    }
  } catch (cause) {
    if (caller.aborted) return fail("cluster_timeout", "The caller left before the cluster answered");
    if (deadline.aborted) {
      return fail(
        "cluster_timeout",
        `The cluster did not answer within ${timeoutMs / 1000} s; ask for less, or try again`,
      );
    }
    return err(unavailable("The cluster cannot be reached", describe(cause)));
  }
}

/** Jitter, so that callers who were refused together do not come back together. */
function retryPauseMs({ retryAfterS }: Failure, retries: number, random: () => number): number {
  if (retryAfterS !== undefined) return retryAfterS * 1000 + random() * 100;
  return FIRST_RETRY_MS * 2 ** retries * (0.5 + random());
}

/** A projected token may have been replaced since it was read; the same token again would be refused again. */
async function sendWithFreshToken(
  { token }: Credentials,
  send: (token: string | undefined) => Promise<Response>,
): Promise<Response> {
  const known = await token(TOKEN_MAX_AGE_MS);
  const response = await send(known);
  if (response.status !== 401) return response;
  const fresh = await token(0);
  if (fresh === known) return response;
  await response.body?.cancel();
  return send(fresh);
}

async function readJson(response: Response, maxBytes: number): Promise<Result<unknown, Refused>> {
  const bytes = await readAtMost(response.body, maxBytes);
  if (!bytes.ok) {
    const message = `The cluster's answer is larger than ${maxBytes} bytes; ask for fewer items with a smaller limit`;
    return err({ failure: unavailable(message, "answer too large"), mayRetry: false });
  }
  try {
    return ok<unknown>(JSON.parse(Buffer.from(bytes.value).toString("utf8")));
  } catch {
    // The parser's message would quote the body.
    return err({ failure: unavailable("The cluster's answer is not JSON", "is this an API server?"), mayRetry: false });
  }
}

function toUrl(server: URL, { path, query = {} }: ApiRequest): URL {
  const wrong = path.find((segment) => !SEGMENT.test(segment));
  if (wrong !== undefined) throw new Error("a path segment was not checked before it came here");
  const url = new URL(server);
  url.pathname = [url.pathname.replace(/\/$/, ""), ...path.map(encodeURIComponent)].join("/");
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** fetch says only "fetch failed"; what happened on the wire is in the cause. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown cause";
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
