// A namespace as a test wants it: healthy, with what is said to be different.
import { ApiHpa, ApiPdb } from "../../src/kubernetes/api-scaling.ts";
import { ApiEndpointSlice, ApiService } from "../../src/kubernetes/api-network.ts";
import { ApiNode } from "../../src/kubernetes/api-node.ts";
import { ApiClaim, ApiQuota } from "../../src/kubernetes/api-storage.ts";
import { ApiCronJob, ApiDeployment, ApiJob } from "../../src/kubernetes/api-workload.ts";
import { LabelledPod } from "../../src/diagnose/state.ts";

import type { ApiEvent } from "../../src/kubernetes/api-event.ts";
import type { State } from "../../src/diagnose/state.ts";

export const NOW = Date.UTC(2026, 10, 23, 12);
const CREATED = "2026-11-23T10:00:00Z";

const EMPTY: State = {
  namespace: "shop",
  now: NOW,
  events: [],
  pods: [],
  deployments: [],
  replicaSets: [],
  statefulSets: [],
  daemonSets: [],
  jobs: [],
  cronJobs: [],
  hpas: [],
  pdbs: [],
  services: [],
  endpointSlices: [],
  claims: [],
  quotas: [],
  nodes: [],
  alerts: [],
};

export function state(changes: Partial<State>): State {
  return { ...EMPTY, ...changes };
}

const meta = (name: string, more: object = {}) => ({ name, creationTimestamp: CREATED, ...more });

export function pod(
  status: object,
  more: { readonly metadata?: object; readonly spec?: object } = {},
): State["pods"][number] {
  const containers = [{ name: "app", image: "registry.example/shop/web:1.0" }];
  return LabelledPod.parse({
    metadata: meta("web-5b457f48d9-bknhf", more.metadata),
    spec: { nodeName: "node-1", containers, ...more.spec },
    status: { phase: "Running", ...status },
  });
}

/** A pod whose only container is in this state. */
export function podWith(container: object, more: { readonly metadata?: object; readonly spec?: object } = {}) {
  return pod({ containerStatuses: [{ name: "app", ...container }] }, more);
}

export function event(reason: string, message: string, changes: Partial<ApiEvent> = {}): ApiEvent {
  return {
    namespace: "shop",
    type: "Warning",
    reason,
    kind: "Pod",
    name: "web-5b457f48d9-bknhf",
    message,
    source: "kubelet",
    count: 3,
    firstMs: NOW - 60_000,
    lastMs: NOW - 1_000,
    ...changes,
  };
}

const template = { metadata: {}, spec: { containers: [{ name: "app", image: "registry.example/shop/web:1.0" }] } };

export const deployment = (spec: object, status: object = {}) =>
  ApiDeployment.parse({ metadata: meta("web"), spec: { replicas: 2, template, ...spec }, status });
export const job = (status: object, metadata: object = {}) =>
  ApiJob.parse({ metadata: meta("backup-29", metadata), spec: { template }, status });
export const cronJob = (spec: object, status: object = {}) =>
  ApiCronJob.parse({
    metadata: meta("backup"),
    spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template } }, ...spec },
    status,
  });
export const hpa = (conditions: readonly object[], currentReplicas = 2) =>
  ApiHpa.parse({
    metadata: meta("web"),
    spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, maxReplicas: 5 },
    status: { currentReplicas, desiredReplicas: currentReplicas, conditions },
  });
export const pdb = (status: object) => ApiPdb.parse({ metadata: meta("web"), spec: {}, status });
export const service = (spec: object) => ApiService.parse({ metadata: meta("web"), spec });
export const slice = (endpoints: readonly object[]) =>
  ApiEndpointSlice.parse({ metadata: meta("web-x1", { labels: { "kubernetes.io/service-name": "web" } }), endpoints });
export const claim = (phase: string) =>
  ApiClaim.parse({ metadata: meta("data"), spec: { storageClassName: "fast" }, status: { phase } });
export const quota = (hard: object, used: object) =>
  ApiQuota.parse({ metadata: meta("compute"), spec: {}, status: { hard, used } });
export const node = (conditions: readonly object[], spec: object = {}) =>
  ApiNode.parse({ metadata: meta("node-1"), spec, status: { conditions } });
