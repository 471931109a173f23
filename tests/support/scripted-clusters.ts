// A cluster behind its proxy, as a test wants it to answer; and what it was asked.

import { ROUTES } from "k8s-proxy/contract";
import { err, ok } from "../../src/result.ts";
import { START_MS } from "./clock.ts";
import type { Pod, WatchLine, WatchRequest } from "k8s-proxy/contract";
import type * as z from "zod";
import type { Clusters, NamespaceWatches, ProxyCaller, ProxyRefusal } from "../../src/ports/cluster.ts";
import type { UpstreamFailure } from "../../src/ports/failure.ts";
import type { Result } from "../../src/result.ts";

export type Answered = Result<object, UpstreamFailure | ProxyRefusal>;
/** Answers any route, by its path. What it answers is parsed by the route's own schema, as the real adapter does. */
export type ClusterScript = (asked: Asked) => Answered | Promise<Answered>;

export interface Asked {
  readonly path: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly caller: ProxyCaller;
}

export function scriptedClusters(
  names: readonly string[] = ["prod"],
  script: ClusterScript = () => ok(pods([pod("web-1")])),
): { asked: Asked[]; clusters: Clusters } {
  const asked: Asked[] = [];
  const clusters: Clusters = {
    names,
    async ask(route, request, caller) {
      const one = { path: route.path, request, caller };
      asked.push(one);
      const answered = await script(one);
      return answered.ok ? ok(route.response.parse(answered.value)) : answered;
    },
  };
  return { asked, clusters };
}

export interface WatchAsked {
  readonly request: WatchRequest;
  readonly caller: ProxyCaller;
}

export interface ScriptedWatch {
  readonly asked: readonly WatchAsked[];
  readonly watches: NamespaceWatches;
  /** Watches that are read at this moment. */
  readonly open: number;
  /** To every open watch. `ended`, and a failure, are the last that one hears. */
  say(line: WatchLine): void;
  fail(failure: UpstreamFailure): void;
  /** What the next calls are answered, instead of a stream. */
  refuse(failure: UpstreamFailure | ProxyRefusal | undefined): void;
}

/** A proxy that says what a test tells it to, to whoever watches; `started` comes by itself. */
export function scriptedWatch(): ScriptedWatch {
  const asked: WatchAsked[] = [];
  const readers = new Set<(line: Result<WatchLine, UpstreamFailure>) => void>();
  let refusal: UpstreamFailure | ProxyRefusal | undefined;
  const tell = (line: Result<WatchLine, UpstreamFailure>) => {
    for (const reader of readers) reader(line);
  };
  return {
    asked,
    watches: {
      watch(request, caller) {
        asked.push({ request, caller });
        return Promise.resolve(refusal ? err(refusal) : ok(heard(readers, caller.signal)));
      },
    },
    get open() {
      return readers.size;
    },
    say: (line) => tell(ok(line)),
    fail: (failure) => tell(err(failure)),
    refuse: (failure) => (refusal = failure),
  };
}

type HeardLine = Result<WatchLine, UpstreamFailure>;

/** What is said before it is read waits; when the caller's signal fires, it ends as a proxy that is not reached any more. */
function heard(readers: Set<(line: HeardLine) => void>, signal: AbortSignal): AsyncIterable<HeardLine> {
  const said: HeardLine[] = [ok({ type: "started", observed_at: new Date(START_MS).toISOString() })];
  let news = Promise.withResolvers<undefined>();
  const hear = (line: HeardLine) => {
    said.push(line);
    news.resolve(undefined);
  };
  const leave = () =>
    hear(err({ kind: "upstream_timeout", upstream: "k8s-proxy/prod", message: "The caller has left." }));
  readers.add(hear);
  signal.addEventListener("abort", leave, { once: true });
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const line = said.shift();
          if (line) yield line;
          if (line && (!line.ok || line.value.type === "ended")) return;
          if (line) continue;
          await news.promise;
          news = Promise.withResolvers();
        }
      } finally {
        readers.delete(hear);
        signal.removeEventListener("abort", leave);
      }
    },
  };
}

/** What the proxy adds to every answer. */
export function observed<T extends object>(data: T) {
  return { ...data, observed_at: new Date(START_MS).toISOString(), took_ms: 4, redactions: {}, warnings: [] };
}

export function pods(listed: readonly Pod[], rest: Partial<Omit<ListedPods, "pods">> = {}) {
  return observed({ pods: [...listed], by_status: {}, ...rest });
}

type ListedPods = z.output<typeof ROUTES.listPods.data>;

export const LIST_PODS_PATH = ROUTES.listPods.path;

export function pod(name: string, changes: Partial<Pod> = {}): Pod {
  return {
    name,
    phase: "Running",
    status: "Running",
    ready: "1/1",
    restarts: 0,
    created_at: "2026-01-15T11:00:00Z",
    age_s: 3_600,
    containers: [{ name: "app", image: "registry.example.com/web:1", ready: true, state: "running", restarts: 0 }],
    ...changes,
  };
}
