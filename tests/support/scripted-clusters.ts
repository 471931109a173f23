// A cluster behind its proxy, as a test wants it to answer; and what it was asked.

import { ok } from "../../src/result.ts";
import { START_MS } from "./clock.ts";
import type { ListPodsRequest, ListPodsResponse, Pod } from "k8s-proxy/contract";
import type { Clusters, ProxyCaller } from "../../src/ports/cluster.ts";

export type PodsAnswer = Awaited<ReturnType<Clusters["listPods"]>>;
export type PodsScript = (request: ListPodsRequest, caller: ProxyCaller) => PodsAnswer | Promise<PodsAnswer>;

export interface Asked {
  readonly request: ListPodsRequest;
  readonly caller: ProxyCaller;
}

export function listPodsScript(script: PodsScript = () => ok(pods([pod("web-1")]))) {
  const asked: Asked[] = [];
  const listPods: Clusters["listPods"] = async (request, caller) => {
    asked.push({ request, caller });
    return script(request, caller);
  };
  return { asked, listPods };
}

export function pods(listed: readonly Pod[], rest: Partial<ListPodsResponse> = {}): ListPodsResponse {
  return { pods: [...listed], observed_at: new Date(START_MS).toISOString(), ...rest };
}

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
