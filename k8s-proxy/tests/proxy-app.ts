// The proxy's application in this process, in front of a scripted API server and with a fixed clock.
import { exportJWK } from "jose";
import { createApp } from "../src/app.ts";
import { authenticator } from "../src/authenticate.ts";
import { kubernetesApi } from "../src/kubernetes/client.ts";
import { podCounts } from "../src/kubernetes/pod-counts.ts";
import { resourceCatalogue } from "../src/kubernetes/resource-catalogue.ts";
import { readOnlyProof } from "../src/kubernetes/read-only-proof.ts";
import { logTurns } from "../src/logs/log-turns.ts";
import { proxyMetrics } from "../src/metrics.ts";
import { readinessCheck } from "../src/readiness.ts";
import { redact } from "../src/redact/redact.ts";
import { CLUSTER, NOW, newSigner, sign } from "./worker-side.ts";

import type { Hono } from "hono";
import type { JWK } from "jose";
import type { EgressOptions } from "../src/egress.ts";
import type { LogEvent } from "../src/log.ts";
import type { Metrics } from "../src/metrics.ts";
import type { Readiness } from "../src/readiness.ts";
import type { TokenParts } from "./worker-side.ts";

export interface TestProxy {
  readonly app: Hono;
  readonly events: readonly LogEvent[];
  /** What its calls are signed with. */
  readonly signingKey: JWK;
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  /** How long the client paused before each retry; no time passes. */
  readonly pauses: readonly number[];
  readonly stopping: AbortController;
  /** A call as the Worker makes it, its token signed for exactly this body. */
  call(body: object | string, token?: Omit<TokenParts, "body">, init?: RequestInit): Promise<Response>;
  /** A token of now for a question on another route. */
  authorization(path: string, body: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

export interface TestProxyOptions extends Partial<EgressOptions> {
  readonly server: URL;
  readonly token?: (maxAgeMs: number) => Promise<string | undefined>;
  readonly allowed?: readonly string[];
}

export async function testProxy({ server, token, allowed = ["*"], ...api }: TestProxyOptions): Promise<TestProxy> {
  const signer = await newSigner();
  const events: LogEvent[] = [];
  const pauses: number[] = [];
  const stopping = new AbortController();
  const now = api.now ?? (() => NOW);
  const wait = (ms: number) => Promise.resolve(pauses.push(ms));
  const metrics = proxyMetrics({ version: "0.0.0", cluster: CLUSTER });
  const client = kubernetesApi(
    { server, tls: {}, token: token ?? (() => Promise.resolve("service-account-token")) },
    { random: () => 0, wait, onAnswer: (...answer) => metrics.upstream(...answer), ...api, now },
  );
  const proof = readOnlyProof({ api: client, allowedNamespaces: allowed, now, signal: stopping.signal });
  metrics.watchReadOnly(() => proof.verdict().verdict === "proven");
  const readiness = readinessCheck({ api: client, proof, now, stopping: stopping.signal });
  const app = createApp({
    authenticate: await authenticator({ keys: [signer.publicKey], clusterName: CLUSTER, now }),
    allowedNamespaces: allowed,
    backends: {
      now,
      api: client,
      podCounts: podCounts(),
      resources: new Set(["services", "databases.ops.example.com"]),
      resourceCatalogue: resourceCatalogue(),
      logSearches: logTurns(),
      redact,
    },
    log: (event) => events.push(event),
    metrics,
    readiness,
    isViolated: () => proof.verdict().verdict === "violated",
    newId: () => "generated-id",
    stopping: stopping.signal,
  });

  return {
    app,
    events,
    signingKey: await exportJWK(signer.privateKey),
    metrics,
    readiness,
    pauses,
    stopping,
    async authorization(path, body, claims) {
      const iat = Math.floor(now() / 1000);
      return `Bearer ${await sign(signer, { body, claims: { path, iat, exp: iat + 30, ...claims } })}`;
    },
    async call(body, parts, init) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const authorization = `Bearer ${await sign(signer, { body: text, ...parts })}`;
      return app.request("/v1/list-pods", { method: "POST", body: text, headers: { authorization }, ...init });
    },
  };
}
