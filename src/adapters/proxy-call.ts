// One call to a cluster's proxy: every request carries a token of its own that says who asks, for what, and nothing more.

import { createHash } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { ProxyErrorBody, REQUEST_ID_HEADER, TOKEN_ISSUER, TOKEN_LIFETIME_S, TOKEN_TYPE } from "k8s-proxy/contract";
import { TRACEPARENT_HEADER, writeTraceparent } from "k8s-proxy/contract/traceparent";
import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import type { JWK } from "jose";
import type { ProxyCaller, ProxyRefusal } from "../ports/cluster.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Span, Tracing } from "../ports/tracing.ts";
import type { Result } from "../result.ts";

export interface ClusterAddress {
  readonly name: string;
  readonly url: string;
}

export interface ProxyAccess {
  readonly clusters: readonly ClusterAddress[];
  /** Ed25519 private key; the proxies hold its public half. */
  readonly signingKey: JWK;
  /** By cluster: the keys of those that have one of their own. */
  readonly clusterKeys?: ReadonlyMap<string, JWK>;
  /** RFC 8725 §3.11: for whom the tokens are meant; the reading proxies when left out. */
  readonly token?: { readonly type: string; readonly audience: (cluster: string) => string };
  readonly tracing?: Tracing | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly uuid: () => string;
}

/** Far above any page of pods, far below what would trouble an object's memory. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface Asked {
  readonly path: string;
  readonly body: string;
}

export class ProxyCalls {
  readonly #access: ProxyAccess;
  readonly #keys = new Map<string, Awaited<ReturnType<typeof importJWK>>>();

  constructor(access: ProxyAccess) {
    this.#access = access;
  }

  /** Whatever the proxy answered, a refusal included; the caller's signal holds for its body, too. */
  async post(asked: Asked, caller: ProxyCaller): Promise<Result<Response, UpstreamFailure>> {
    const address = this.#access.clusters.find(({ name }) => name === caller.cluster);
    if (!address) throw new Error(`no such cluster: ${caller.cluster}`);
    const span = this.#span(asked, caller);
    const trace = span?.context ?? caller.trace;
    try {
      const response = await this.#access.fetch(`${address.url.replace(/\/+$/, "")}${asked.path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${await this.#token(asked, caller)}`,
          "content-type": "application/json",
          [REQUEST_ID_HEADER]: caller.callId,
          ...(trace && { [TRACEPARENT_HEADER]: writeTraceparent(trace) }),
        },
        body: asked.body,
        // Nothing behind a redirect was configured by anyone.
        redirect: "manual",
        signal: caller.signal,
      });
      span?.end({ "http.response.status_code": response.status }, response.ok ? undefined : `${response.status}`);
      return ok(response);
    } catch (cause) {
      span?.end({}, caller.signal.aborted ? "timeout" : "unreachable");
      return err(brokenOff(caller, cause));
    }
  }

  /** By its route, of which there are few; what is asked there is nobody else's business. */
  #span({ path }: Asked, { cluster, callId, tool, trace }: ProxyCaller): Span | undefined {
    const facts = {
      "http.request.method": "POST",
      "url.template": path,
      "k8s.cluster.name": cluster,
      "gatehouse.call_id": callId,
      "gen_ai.tool.name": tool,
    };
    return this.#access.tracing?.start({ name: `POST ${path}`, kind: "client", parent: trace, facts });
  }

  async #token({ path, body }: Asked, caller: ProxyCaller): Promise<string> {
    const key = await this.#signingKey(caller.cluster);
    const { type, audience } = this.#access.token ?? { type: TOKEN_TYPE, audience: (cluster: string) => cluster };
    const issuedAtS = Math.floor(this.#access.now() / 1_000);
    const body_sha256 = createHash("sha256").update(body).digest("base64url");
    const claims = { tool: caller.tool, namespaces: caller.namespaces, path, body_sha256 };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", typ: type })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(audience(caller.cluster))
      .setSubject(caller.principalId)
      .setJti(this.#access.uuid())
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + TOKEN_LIFETIME_S)
      .sign(key);
  }

  async #signingKey(cluster: string) {
    const { signingKey, clusterKeys } = this.#access;
    const key = this.#keys.get(cluster) ?? (await importJWK(clusterKeys?.get(cluster) ?? signingKey, "EdDSA"));
    // The key is kept, not the promise of it: one event's promise must not be awaited by another's.
    this.#keys.set(cluster, key);
    return key;
  }
}

/** The cause names addresses, which are for the operator: a caller only learns that the proxy was not reached. */
export function brokenOff(caller: ProxyCaller, cause: unknown): UpstreamFailure {
  log("warn", "proxy.not_reached", {
    cluster: caller.cluster,
    call_id: caller.callId,
    trace_id: caller.trace?.traceId,
    ...causeOf(cause),
  });
  return caller.signal.aborted ? tooSlow(caller) : unreachable(caller);
}

/** Undefined for what is not JSON, or has no end within reach. */
export async function jsonOf(response: Response): Promise<unknown> {
  if (Number(response.headers.get("content-length") ?? 0) > MAX_ANSWER_BYTES) return undefined;
  const text = await boundedText(response);
  return text === undefined ? undefined : parseJson(text);
}

export function refusalOf(body: unknown, caller: ProxyCaller): UpstreamFailure | ProxyRefusal {
  const refusal = ProxyErrorBody().safeParse(body);
  return refusal.success ? { kind: "proxy_refused", error: refusal.data.error } : unusable(caller);
}

/** Nothing for an answer without an end. A length that was announced need not be true, and need not be announced. */
async function boundedText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const body: ReadableStream<Uint8Array> | null = response.body;
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream: the rest is never fetched.
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not the proxy's words, then: something on the way answered in its place.
    return undefined;
  }
}

export function failure(kind: UpstreamFailure["kind"], { cluster }: ProxyCaller, what: string): UpstreamFailure {
  return { kind, upstream: `k8s-proxy/${cluster}`, message: `The proxy of cluster ${cluster} ${what}` };
}

const unreachable = (caller: ProxyCaller) =>
  failure("upstream_unavailable", caller, "cannot be reached; try again in a moment.");
const tooSlow = (caller: ProxyCaller) => failure("upstream_timeout", caller, "did not answer in time; ask for less.");
export const unusable = (caller: ProxyCaller) =>
  failure("upstream_unavailable", caller, "gave an answer that makes no sense here.");
