// `node dev/node/run.mjs bench/pods.ts`: a namespace of 5,000 pods, from the API server to what a model is given to read.

import { fork } from "node:child_process";
import { once } from "node:events";
import * as z from "zod";
import { authorize } from "../src/access/grant.ts";
import { createPolicy } from "../src/access/policy.ts";
import { memoryContextStore } from "../src/adapters/memory/context-store.ts";
import { memoryQueryCache } from "../src/adapters/memory/query-cache.ts";
import { memoryQuotaStore } from "../src/adapters/memory/quota-store.ts";
import { byteLength } from "../src/bytes.ts";
import { ok } from "../src/result.ts";
import { cursors } from "../src/tool/cursor.ts";
import { quotaUse } from "../src/tool/quota-use.ts";
import { SILENT } from "../src/tool/exchange.ts";
import { Answer } from "../src/tool/answer.ts";
import { k8sListPods } from "../src/tools/k8s-list-pods.ts";
import { HANDLERS } from "../k8s-proxy/src/handlers.ts";
import { kubernetesApi } from "../k8s-proxy/src/kubernetes/client.ts";
import { podCounts } from "../k8s-proxy/src/kubernetes/pod-counts.ts";
import { resourceCatalogue } from "../k8s-proxy/src/kubernetes/resource-catalogue.ts";
import { logTurns } from "../k8s-proxy/src/logs/log-turns.ts";
import { reachOf } from "../k8s-proxy/src/reach.ts";
import { redact } from "../k8s-proxy/src/redact/redact.ts";
import { median } from "./statistics.ts";
import { NO_RUNBOOKS } from "../tests/support/no-runbooks.ts";
import type { Capabilities } from "../src/tool/capabilities.ts";
import type { Clusters } from "../src/ports/cluster.ts";
import type { KubernetesApi } from "../k8s-proxy/src/kubernetes/client.ts";

const PODS = 5_000;
const ROUNDS = 9;
export const MAX_PROXY_MS = 400;
export const MAX_TOOL_BYTES = 32 * 1024;

export interface PodsFigure {
  readonly question: string;
  /** Of the proxy, from the question to the text of its answer; the median of the rounds. */
  readonly proxyMs: number;
  readonly proxyBytes: number;
  /** What the tool makes of it. */
  readonly toolBytes: number;
}

const QUESTIONS: readonly object[] = [
  { namespace: "shop" },
  { namespace: "shop", limit: 500 },
  { namespace: "shop", limit: 500, state: "unhealthy" },
  { namespace: "shop", limit: 500, name_pattern: "web-*" },
];

const Address = z.object({ port: z.int() });

export async function measurePods(): Promise<readonly PodsFigure[]> {
  const server = fork(new URL("targets/many-pods.ts", import.meta.url), [String(PODS)]);
  try {
    const [{ port }] = z.tuple([Address], z.unknown()).parse(await once(server, "message"));
    const api = apiAt(new URL(`http://127.0.0.1:${String(port)}`));
    const figures: PodsFigure[] = [];
    for (const question of QUESTIONS) figures.push(await measure(question, api));
    await api.close();
    return figures;
  } finally {
    server.kill();
  }
}

function apiAt(server: URL): KubernetesApi {
  const options = { now: Date.now, random: Math.random, wait: () => Promise.resolve() };
  return kubernetesApi({ server, tls: {}, token: () => Promise.resolve("token") }, options);
}

async function measure(question: object, api: KubernetesApi): Promise<PodsFigure> {
  const times: number[] = [];
  let proxyBytes = 0;
  const clusters: Clusters = {
    names: ["bench"],
    async ask(route, request) {
      const startedAt = performance.now();
      const text = JSON.stringify(await answer(route.path, request, api));
      times.push(performance.now() - startedAt);
      proxyBytes = byteLength(text);
      return ok(route.response.parse(JSON.parse(text)));
    },
  };
  let toolBytes = 0;
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) toolBytes = await call(question, clusters);
  return { question: JSON.stringify(question), proxyMs: median(times.slice(1)), proxyBytes, toolBytes };
}

/** What the proxy does once a call is authenticated. */
async function answer(path: string, request: object, api: KubernetesApi): Promise<object> {
  const asked = HANDLERS.find((handler) => handler.path === path)?.parse(request);
  if (!asked?.ok) throw new Error("the proxy refused the question");
  const warnings: string[] = [];
  const done = await asked.value.run({
    api,
    redact,
    podCounts: podCounts(),
    resources: new Set(["services", "databases.ops.example.com"]),
    resourceCatalogue: resourceCatalogue(),
    logSearches: logTurns(),
    now: Date.now,
    reach: reachOf(["*"], ["*"]),
    signal: new AbortController().signal,
    warn: (warning) => warnings.push(warning),
  });
  if (!done.ok) throw new Error(done.error.message);
  return { ...done.value, observed_at: new Date().toISOString(), took_ms: 0, redactions: {}, warnings };
}

/** The size of the tool's answer. */
async function call(question: object, clusters: Clusters): Promise<number> {
  const grants = [{ permissions: ["k8s:read" as const], clusters: ["*"], namespaces: ["*"] }];
  const caller = {
    id: "agent:bench",
    kind: "agent" as const,
    roles: ["observer"],
    credential: { kind: "key" as const, id: "bench" },
    expiresAtMs: Infinity,
  };
  const grant = authorize(caller, "k8s:read", createPolicy({ observer: { grants } }));
  const bound = k8sListPods.bind(question, clusters.names);
  if (!grant.ok || !bound.ok) throw new Error("the call was refused");

  const signal = new AbortController().signal;
  const done = await bound.value.run(capabilitiesOf(clusters), {
    id: "1",
    grant: grant.value,
    signal,
    left: signal,
    exchange: SILENT,
    objectId: undefined,
    ask: () => Promise.reject(new Error("a reading asks no other tool")),
    now: Date.now,
  });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value.kept.bytes;
}

/** A reading uses two of them; the others are there and empty. */
function capabilitiesOf(clusters: Clusters): Capabilities {
  return {
    ...NO_RUNBOOKS,
    clusters,
    cursors: cursors({ secret: "of the benchmark alone", now: Date.now }),
    context: memoryContextStore({ now: Date.now }),
    queryCache: memoryQueryCache({ now: Date.now, pause: () => Promise.resolve() }),
    auditReader: undefined,
    settings: { change: () => Promise.resolve(ok({})) },
    quota: quotaUse(memoryQuotaStore(Date.now), createPolicy({})),
    catalogue: { listFor: () => new Answer({ tools: [] }), visibleTo: () => [], declaredRate: () => undefined },
  };
}

if (import.meta.main) {
  console.log(
    `${PODS.toLocaleString("en")} pods; goals: ${MAX_PROXY_MS} ms in the proxy, ${MAX_TOOL_BYTES} bytes from the tool\n`,
  );
  for (const { question, proxyMs, proxyBytes, toolBytes } of await measurePods()) {
    const isMet = proxyMs <= MAX_PROXY_MS && toolBytes <= MAX_TOOL_BYTES;
    console.log(
      `${isMet ? "met   " : "missed"} ${question}\n       ${proxyMs.toFixed(0)} ms, ${proxyBytes} bytes from the proxy, ${toolBytes} bytes from the tool`,
    );
  }
}
