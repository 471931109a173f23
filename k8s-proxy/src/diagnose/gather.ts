// One look at a namespace: everything the rules ask for, at once, and each part only as far as the account may read it.
import { listAlerts } from "../prometheus/list-alerts.ts";
import { ApiClaim, ApiQuota } from "../kubernetes/api-storage.ts";
import { ApiEndpointSlice, ApiService } from "../kubernetes/api-network.ts";
import { ApiHpa, ApiPdb } from "../kubernetes/api-scaling.ts";
import { ApiNode } from "../kubernetes/api-node.ts";
import {
  ApiCronJob,
  ApiDaemonSet,
  ApiDeployment,
  ApiJob,
  ApiReplicaSet,
  ApiStatefulSet,
} from "../kubernetes/api-workload.ts";
import { readEvents } from "../kubernetes/events.ts";
import { readList } from "../kubernetes/lists.ts";
import { durationMs, ROUTES } from "../contract/index.ts";
import { ok } from "../result.ts";
import { LabelledPod } from "./state.ts";

import type * as z from "zod";
import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { State } from "./state.ts";

/** 1,000 of a kind: more than a namespace that somebody looks after by hand. */
const MAX_PAGES = 2;

interface Part<T extends z.ZodType> {
  /** Behind the namespace: `pods`, with the group before it where there is one. */
  readonly path: readonly string[];
  readonly item: T;
}

/** The pods must be readable; whatever else is not is said and left out. */
export async function gather(
  { namespace, since }: { readonly namespace: string; readonly since: string },
  reading: Reading,
): Promise<Result<State, Failure>> {
  const path = ["api", "v1", "namespaces", namespace, "pods"];
  const [pods, objects, events, nodes, alerts] = await Promise.all([
    readList({ path, item: LabelledPod, what: "pods" }, MAX_PAGES, reading),
    objectsOf(namespace, reading),
    eventsOf(namespace, since, reading),
    nodesOf(reading),
    alertsOf(namespace, reading),
  ]);
  if (!pods.ok) return pods;
  if (!pods.value.isComplete) reading.warn(`Only the first ${pods.value.items.length} pods were looked at.`);
  if (pods.value.items.length === 0 && events.length === 0) await warnIfMissing(namespace, reading);
  return ok({ namespace, now: reading.now(), pods: pods.value.items, ...objects, events, nodes, alerts });
}

const CORE = ["api", "v1"];
const APPS = ["apis", "apps", "v1"];
const BATCH = ["apis", "batch", "v1"];

type Objects = Omit<State, "namespace" | "now" | "pods" | "events" | "nodes" | "alerts">;

async function objectsOf(namespace: string, reading: Reading): Promise<Objects> {
  const of = <T extends z.ZodType>(group: readonly string[], resource: string, item: T) =>
    readPart({ path: [...group, "namespaces", namespace, resource], item }, reading);

  const [deployments, replicaSets, statefulSets, daemonSets, jobs, cronJobs, ...others] = await Promise.all([
    of(APPS, "deployments", ApiDeployment),
    of(APPS, "replicasets", ApiReplicaSet),
    of(APPS, "statefulsets", ApiStatefulSet),
    of(APPS, "daemonsets", ApiDaemonSet),
    of(BATCH, "jobs", ApiJob),
    of(BATCH, "cronjobs", ApiCronJob),
    of(["apis", "autoscaling", "v2"], "horizontalpodautoscalers", ApiHpa),
    of(["apis", "policy", "v1"], "poddisruptionbudgets", ApiPdb),
    of(CORE, "services", ApiService),
    readSeen(
      { path: ["apis", "discovery.k8s.io", "v1", "namespaces", namespace, "endpointslices"], item: ApiEndpointSlice },
      reading,
    ),
    of(CORE, "persistentvolumeclaims", ApiClaim),
    of(CORE, "resourcequotas", ApiQuota),
  ]);
  const [hpas, pdbs, services, slices, claims, quotas] = others;
  const endpointSlices = slices.isComplete ? slices.items : undefined;
  const workloads = { deployments, replicaSets, statefulSets, daemonSets, jobs, cronJobs };
  return { ...workloads, hpas, pdbs, services, endpointSlices, claims, quotas };
}

/** What was seen, whole or not. */
async function readPart<T extends z.ZodType>(part: Part<T>, reading: Reading): Promise<readonly z.output<T>[]> {
  return (await readSeen(part, reading)).items;
}

interface Seen<T> {
  readonly items: readonly T[];
  readonly isComplete: boolean;
}

async function readSeen<T extends z.ZodType>({ path, item }: Part<T>, reading: Reading): Promise<Seen<z.output<T>>> {
  const what = path.at(-1) ?? "";
  const list = await readList({ path, item, what }, MAX_PAGES, reading);
  if (!list.ok) {
    reading.warn(`Not looked at: ${what} (${list.error.message}).`);
    return { items: [], isComplete: false };
  }
  if (!list.value.isComplete) reading.warn(`Only the first ${list.value.items.length} ${what} were looked at.`);
  return list.value;
}

/** A namespace without anything in it is healthy, and so is one that does not exist: which of the two must be said. */
async function warnIfMissing(namespace: string, reading: Reading): Promise<void> {
  const found = await reading.api.get({ path: [...CORE, "namespaces", namespace] }, reading.signal);
  if (!found.ok && found.error.reason === "not_found") {
    reading.warn(`There is no namespace ${namespace} in this cluster: k8s.list_namespaces shows those you may read.`);
  }
}

async function eventsOf(namespace: string, since: string, reading: Reading): Promise<State["events"]> {
  const read = await readEvents({ namespace, sinceMs: reading.now() - durationMs(since) }, reading);
  if (!read.ok) {
    reading.warn(`Not looked at: events (${read.error.message}).`);
    return [];
  }
  if (!read.value.isComplete) reading.warn("There are more events than were looked at; the newest may be missing.");
  return read.value.events;
}

/** Nodes belong to nobody's namespace: only who may see the whole cluster is told of them. */
async function nodesOf(reading: Reading): Promise<State["nodes"]> {
  return reading.reach.coversCluster ? readPart({ path: ["api", "v1", "nodes"], item: ApiNode }, reading) : [];
}

async function alertsOf(namespace: string, reading: Reading): Promise<State["alerts"]> {
  if (reading.prometheus === undefined) return [];
  const asked = ROUTES.listAlerts.request.parse({ namespace, state: "firing", limit: 20 });
  const listed = await listAlerts(asked, { ...reading, warn: () => undefined });
  if (listed.ok) return ROUTES.listAlerts.data.parse(listed.value).alerts;
  reading.warn(`Not looked at: alerts (${listed.error.message}).`);
  return [];
}
