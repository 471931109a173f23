// A cluster in this process: a real local HTTP server that answers by path, and a reading of it with a fixed clock.
import { onTestFinished } from "vitest";
import { kubernetesApi } from "../../src/kubernetes/client.ts";
import { redact } from "../../src/redact/redact.ts";
import { podCounts } from "../../src/kubernetes/pod-counts.ts";
import { resourceCatalogue } from "../../src/kubernetes/resource-catalogue.ts";
import { logTurns } from "../../src/logs/log-turns.ts";
import { reachOf } from "../../src/reach.ts";
import { apiServer, json, replay } from "../api-server.ts";
import { RECORDED_AT, recorded } from "../recorded.ts";

import type { Reading } from "../../src/reading.ts";
import type { Reply } from "../api-server.ts";

/** By path, without the query. What is not there is a 404, as of an API server. */
export type Paths = Readonly<Record<string, Reply>>;

export interface TestCluster {
  readonly reading: Reading;
  readonly warnings: readonly string[];
  /** Path and decoded query of every request, in order. */
  readonly asked: readonly string[];
  /** Moves the clock. */
  pass(ms: number): void;
}

export interface TestClusterOptions {
  readonly granted?: readonly string[];
  readonly allowed?: readonly string[];
  readonly signal?: AbortSignal;
  /** What any-kind readings may read. */
  readonly resources?: readonly string[];
}

export async function testCluster(paths: Paths, options: TestClusterOptions = {}): Promise<TestCluster> {
  const { granted = ["*"], allowed = ["*"], signal = new AbortController().signal, resources = [] } = options;
  const asked: string[] = [];
  const warnings: string[] = [];
  let now = RECORDED_AT;
  const server = await apiServer((response, request) => {
    const url = new URL(request.url ?? "", "http://cluster");
    asked.push(url.pathname + decodeURIComponent(url.search).replaceAll("+", " "));
    (paths[url.pathname] ?? replay(recorded("errors/404-unknown-resource")))(response, request);
  });
  const api = kubernetesApi(
    { server: server.url, tls: {}, token: () => Promise.resolve("service-account-token") },
    { now: () => now, random: () => 0, wait: () => Promise.resolve() },
  );
  onTestFinished(async () => {
    await api.close();
    await server.close();
  });
  return {
    reading: {
      api,
      redact,
      podCounts: podCounts(),
      resources: new Set(resources),
      resourceCatalogue: resourceCatalogue(),
      logSearches: logTurns(),
      now: () => now,
      reach: reachOf(granted, allowed),
      signal,
      warn: (warning) => warnings.push(warning),
    },
    warnings,
    asked,
    pass: (ms) => (now += ms),
  };
}

export const list = (items: readonly unknown[], metadata: object = {}): Reply => json({ metadata, items });

/** The recorded answer of a real API server. */
export const playback = (name: string): Reply => replay(recorded(name));

/** Pages of at most `limit` items each, with a continue token that is the next item's index. */
export function paged(items: readonly unknown[]): Reply {
  return (response, request) => {
    const { searchParams } = new URL(request.url ?? "", "http://cluster");
    const from = Number(searchParams.get("continue") ?? 0);
    const end = from + Number(searchParams.get("limit") ?? items.length);
    const metadata = end < items.length ? { continue: String(end) } : {};
    list(items.slice(from, end), metadata)(response, request);
  };
}
