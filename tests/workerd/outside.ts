// Everything a Worker under test can reach, in the process that runs vitest: storage, a cluster, and a switch for their
// outages that a test throws through https://control.test.

import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { OWNER } from "../../dev/storage/database.ts";
import { INTERCEPTED, storage } from "../../dev/storage/server.ts";
import { startCluster } from "../../dev/cluster/server.ts";
import { createApp } from "../../k8s-proxy/src/app.ts";
import { authenticator } from "../../k8s-proxy/src/authenticate.ts";
import { kubernetesApi } from "../../k8s-proxy/src/kubernetes/client.ts";
import { redact } from "../../k8s-proxy/src/redact/redact.ts";
import { logTurns } from "../../k8s-proxy/src/logs/log-turns.ts";
import { podCounts } from "../../k8s-proxy/src/kubernetes/pod-counts.ts";
import { resourceCatalogue } from "../../k8s-proxy/src/kubernetes/resource-catalogue.ts";
import { readOnlyProof } from "../../k8s-proxy/src/kubernetes/read-only-proof.ts";
import { proxyMetrics } from "../../k8s-proxy/src/metrics.ts";
import { readinessCheck } from "../../k8s-proxy/src/readiness.ts";
import { ACCESS_TEAM, ISSUER } from "./identities.ts";
import { Command, CONTROL_URL, type Exchange, type Outages, type Upstream } from "./outages.ts";
import type { Storage } from "../../dev/storage/server.ts";
import type { PublicKey } from "../../k8s-proxy/src/config.ts";

/** As much of a request as both Node's and Miniflare's have. */
export interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null };
  text(): Promise<string>;
}

export interface Outside {
  fetch(request: Outgoing): Promise<Response>;
  close(): Promise<void>;
}

const HOSTS = new Map<string, Upstream>([
  [INTERCEPTED.hosts[0], "postgres"],
  [INTERCEPTED.hosts[1], "redis"],
  ["cluster.test", "cluster"],
  [new URL(ISSUER).hostname, "identity"],
  [new URL(ACCESS_TEAM).hostname, "identity"],
]);

/** What an issuer of tokens and a team of Cloudflare Access publish. */
export interface PublishedKeys {
  readonly issuer: object;
  readonly access: object;
}

/** Starts with the first request: a run of other projects loads this configuration, too. */
export function outside(publicKey: unknown, keys: PublishedKeys): Outside {
  let started: ReturnType<typeof start> | undefined;
  return {
    fetch: async (request) => (await (started ??= start(publicKey, keys))).fetch(request),
    close: async () => (await started)?.close(),
  };
}

async function start(publicKey: unknown, keys: PublishedKeys): Promise<Outside> {
  const [stored, cluster] = await Promise.all([storage(), startCluster({ port: 0 })]);
  const proxy = await startProxy(PublicJwk.parse(publicKey), new URL(cluster.url));
  const switchboard = new Switchboard();
  const published = publisher(keys);
  const serve = (upstream: Upstream, request: Kept) => {
    if (upstream === "identity") return published(request);
    return (upstream === "cluster" ? proxy : stored).fetch(request);
  };

  return {
    async fetch(request) {
      if (request.url === CONTROL_URL)
        return switchboard.control(Command.parse(JSON.parse(await request.text())), stored);
      const upstream = HOSTS.get(new URL(request.url).hostname);
      // A test can never reach the internet, nor an address that nobody configured.
      if (!upstream) return new Response(`nothing answers at ${request.url} in tests`, { status: 599 });
      const kept = await keep(request);
      return switchboard.pass({ to: upstream, body: kept.body }, () => serve(upstream, kept));
    },
    async close() {
      switchboard.release();
      await Promise.all([stored.close(), cluster.close(), proxy.close()]);
    },
  };
}

function publisher({ issuer, access }: PublishedKeys): (request: Kept) => Response {
  const documents = new Map<string, object>([
    [`${ISSUER}/.well-known/openid-configuration`, { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }],
    [`${ISSUER}/keys`, { keys: [issuer] }],
    [`${ACCESS_TEAM}/cdn-cgi/access/certs`, { keys: [access] }],
  ]);
  return ({ url }) => {
    const document = documents.get(url);
    return document ? Response.json(document) : new Response("not here", { status: 404 });
  };
}

const PublicJwk = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });

type Kept = Awaited<ReturnType<typeof keep>>;

async function keep(request: Outgoing) {
  const body = await request.text();
  const { url, method } = request;
  return { url, method, body, headers: new Headers([...request.headers]), text: () => Promise.resolve(body) };
}

/** The real proxy of a cluster, in front of the stand-in for its API server. */
async function startProxy(publicKey: PublicKey, server: URL) {
  const now = () => Date.now();
  const api = kubernetesApi(
    { server, tls: {}, token: () => Promise.resolve(undefined) },
    { now, random: Math.random, wait: (ms, signal) => wait(ms, undefined, { signal }) },
  );
  const stopping = new AbortController().signal;
  const proof = readOnlyProof({ api, allowedNamespaces: ["*"], now, signal: stopping });
  const app = createApp({
    authenticate: await authenticator({ keys: [publicKey], clusterName: "demo", now }),
    allowedNamespaces: ["*"],
    backends: {
      api,
      podCounts: podCounts(),
      resources: new Set(["services", "databases.ops.example.com"]),
      resourceCatalogue: resourceCatalogue(),
      logSearches: logTurns(),
      redact,
      now,
    },
    log: () => undefined,
    metrics: proxyMetrics({ version: "0.0.0", cluster: "demo" }),
    readiness: readinessCheck({ api, proof, now, stopping }),
    isViolated: () => false,
    newId: () => crypto.randomUUID(),
    stopping,
  });
  return {
    fetch: async ({ url, ...init }: { url: string; method: string; headers: Headers; body: string }) =>
      app.request(url, init),
    close: () => api.close(),
  };
}

class Switchboard {
  #outages: Outages = {};
  #exchanges: Exchange[] = [];
  #held: (() => void)[] = [];

  async control(command: Command, { database }: Storage): Promise<Response> {
    switch (command.do) {
      case "sql":
        return Response.json(await database.session(OWNER, (session) => session.execute(command.text)));
      case "break":
        this.#outages = command.outages;
        this.release();
        return Response.json(null);
      case "exchanges":
        return Response.json(this.#exchanges);
      case "forget":
        this.#exchanges = [];
        return Response.json(null);
    }
  }

  async pass(exchange: Exchange, serve: () => Response | Promise<Response>): Promise<Response> {
    this.#exchanges.push(exchange);
    const outage = this.#outages[exchange.to];
    if (outage === undefined) return serve();
    switch (outage) {
      case "down":
        return new Response("out of service", { status: 503 });
      case "answers lost":
        await serve();
        return new Response("bad gateway", { status: 502 });
      case "hangs":
        await new Promise<void>((resume) => void this.#held.push(resume));
        return new Response("out of service", { status: 503 });
    }
  }

  release(): void {
    for (const resume of this.#held.splice(0)) resume();
  }
}
