// Everything a Worker under test can reach, in the process that runs vitest: storage, a cluster, and a switch for their
// outages that a test throws through https://control.test.

import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { OWNER } from "../../dev/storage/database.ts";
import { STREAMS } from "../../k8s-proxy/src/contract/index.ts";
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
import { actionsProxy } from "../support/actions-proxy.ts";
import { COLLECTOR } from "./collector.ts";
import { ACCESS_TEAM, ISSUER, SIEM, WEBHOOK } from "./identities.ts";
import { ScriptedWatches } from "./scripted-watches.ts";
import { Command, CONTROL_URL, type Exchange, type Outages, type Upstream } from "./outages.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Storage } from "../../dev/storage/server.ts";
import type { PublicKey } from "../../k8s-proxy/src/config.ts";

export interface Outside {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly text: () => Promise<string>;
}

interface World {
  fetch(request: Asked, exchange: { hasLeft: boolean }): Promise<Response>;
  close(): Promise<void>;
}

const HOSTS = new Map<string, Upstream>([
  [INTERCEPTED.hosts[0], "postgres"],
  [INTERCEPTED.hosts[1], "redis"],
  ["cluster.test", "cluster"],
  ["actions.cluster.test", "actions"],
  [new URL(ISSUER).hostname, "identity"],
  [new URL(ACCESS_TEAM).hostname, "identity"],
  [new URL(WEBHOOK).hostname, "webhook"],
  [new URL(COLLECTOR).hostname, "collector"],
  [new URL(SIEM).hostname, "siem"],
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
    async answer(request, response) {
      const world = await (started ??= start(publicKey, keys));
      const exchange = { hasLeft: false };
      response.on("close", () => {
        exchange.hasLeft = !response.writableFinished;
      });
      await send(await world.fetch(await received(request), exchange), response);
    },
    close: async () => (await started)?.close(),
  };
}

async function received(request: IncomingMessage): Promise<Asked> {
  const { method = "GET", url = "/", headersDistinct } = request;
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const body = await text(request);
  return {
    url: `https://${headers.get("host") ?? ""}${url}`,
    method,
    headers,
    body,
    text: () => Promise.resolve(body),
  };
}

/** As a server does: whoever goes away ends what is being said. */
async function send({ status, headers, body }: Response, response: ServerResponse): Promise<void> {
  response.writeHead(status, Object.fromEntries(headers));
  response.flushHeaders();
  const reader = body?.getReader();
  response.on("close", () => void reader?.cancel().catch(() => undefined));
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) response.write(read.value);
  response.end();
}

async function start(publicKey: unknown, keys: PublishedKeys): Promise<World> {
  const [stored, cluster] = await Promise.all([storage(), startCluster({ port: 0 })]);
  const [signer, server] = [PublicJwk.parse(publicKey), new URL(cluster.url)];
  const proxy = await startProxy(signer, server);
  const actions = await actionsProxy({ publicKey: signer, clusterName: "demo", server, now: () => Date.now() });
  const watches = new ScriptedWatches();
  const switchboard = new Switchboard(watches);
  const published = publisher(keys);
  const serve = (upstream: Upstream, request: Asked) => {
    if (upstream === "identity") return published(request);
    if (upstream === "webhook" || upstream === "siem") return new Response(null, { status: 204 });
    if (upstream === "collector") return Response.json({});
    if (request.url.endsWith(STREAMS.watchNamespace.path)) return watches.open(request.body);
    if (upstream === "actions") return actions.fetch(request.url, toInit(request));
    return (upstream === "cluster" ? proxy : stored).fetch(request);
  };

  return {
    async fetch(request, exchange) {
      if (request.url === CONTROL_URL) return switchboard.control(Command.parse(JSON.parse(request.body)), stored);
      const upstream = HOSTS.get(new URL(request.url).hostname);
      // A test can never reach the internet, nor an address that nobody configured.
      if (!upstream) return new Response(`nothing answers at ${request.url} in tests`, { status: 599 });
      const traceparent = request.headers.get("traceparent") ?? undefined;
      const kept = Object.assign(exchange, { to: upstream, body: request.body, ...(traceparent && { traceparent }) });
      return switchboard.pass(kept, () => serve(upstream, request));
    },
    async close() {
      switchboard.release();
      await Promise.all([stored.close(), cluster.close(), proxy.close(), actions.close()]);
    },
  };
}

function publisher({ issuer, access }: PublishedKeys): (request: Asked) => Response {
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
    fetch: async (asked: Asked) => app.request(asked.url, toInit(asked)),
    close: () => api.close(),
  };
}

/** A GET has no body, not even an empty one. */
const toInit = ({ method, headers, body }: Asked) => ({ method, headers, ...(body !== "" && { body }) });

class Switchboard {
  #outages: Outages = {};
  #exchanges: Exchange[] = [];
  #held: (() => void)[] = [];
  readonly #watches: ScriptedWatches;

  constructor(watches: ScriptedWatches) {
    this.#watches = watches;
  }

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
        this.#watches.forget();
        return Response.json(null);
      case "watches":
        return Response.json(this.#watches.all);
      case "say":
        this.#watches.say(command.namespace, command.line);
        return Response.json(null);
      case "cut":
        this.#watches.cut(command.namespace);
        return Response.json(null);
    }
  }

  async pass(exchange: Exchange, serve: () => Response | Promise<Response>): Promise<Response> {
    this.#exchanges.push(exchange);
    const outage = this.#outages[exchange.to];
    if (outage === undefined) return serve();
    switch (outage) {
      case "down":
        // As Cloudflare has it where a tunnel's other end is gone: nothing was passed on, and a write must know.
        return exchange.to === "actions"
          ? new Response("error code: 1033", { status: 530 })
          : new Response("out of service", { status: 503 });
      case "answers lost":
        await serve();
        return new Response("bad gateway", { status: 502 });
      case "hangs":
        await new Promise<void>((resume) => void this.#held.push(resume));
        return new Response("out of service", { status: 503 });
      case "slow":
        await new Promise<void>((resume) => void this.#held.push(resume));
        return serve();
    }
  }

  release(): void {
    for (const resume of this.#held.splice(0)) resume();
  }
}
