// A cluster behind its proxy, as a test wants it to answer; and what it was asked.

import { ROUTES } from "k8s-proxy/contract";
import { ok } from "../../src/result.ts";
import { START_MS } from "./clock.ts";
import type { Pod } from "k8s-proxy/contract";
import type * as z from "zod";
import type { Clusters, ProxyCaller, ProxyRefusal } from "../../src/ports/cluster.ts";
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
