// The incident laid over the recording. A quarter of an hour ago release 0.8.0 of shop/recommender cut its memory limit from
// 64Mi to 16Mi, to save cost. Its model needs 41 MiB: every start is OOM-killed while it loads, and the shop's pages fail.
import * as z from "zod";
import { ApiObject, fieldOf, withField } from "./api-object.ts";
import { moved } from "./recording.ts";

import type { ObjectMap } from "./api-object.ts";

export const INCIDENT = {
  namespace: "shop",
  workload: "recommender",
  before: { replicaSet: "recommender-6d8f7c9b54", hash: "6d8f7c9b54", version: "0.7.4", memory: "64Mi" },
  after: { replicaSet: "recommender-5b487c55b5", version: "0.8.0", memory: "16Mi" },
  /** What the model fills while it is loaded. */
  neededBytes: 41 * 1024 ** 2,
  /** How long a start lasts before it is killed. */
  loadsForMs: 12_000,
} as const;

/** When it was released, before the moment that the recording is moved to. */
export const RELEASED_BEFORE_MS = 16 * 60_000;

/** They were there long before the release; recorded, everything is of one age. */
const LONG_RUNNING: readonly string[] = ["web", "cart"];
const DAY_MS = 86_400_000;
const RECOMMENDER_AGE_MS = 9 * DAY_MS;
const LONG_RUNNING_AGE_MS = 26 * 3_600_000;

/** Troubles of the machine that recorded, which nobody who reads the stand-in should chase. */
const NOISE = /^(MissingClusterDNS|FailedCreatePodSandBox) |configmap "log-samples" not found$/;

export function withIncident(recorded: ObjectMap, now: number): ObjectMap {
  const change: Record<string, (objects: readonly ApiObject[]) => readonly ApiObject[]> = {
    "v1/pods": (pods) => pods.map(aged).map(shorterOfBreath),
    "v1/events": (events) => [...events.filter((event) => !isNoise(event)), scaledDown(now)],
    "apps/v1/deployments": (deployments) => deployments.map(aged).map(secondRevision),
    "apps/v1/replicasets": (replicaSets) => replicaSets.map(aged).flatMap(withItsPredecessor),
  };
  return new Map(Array.from(recorded, ([name, objects]) => [name, change[name]?.(objects) ?? objects] as const));
}

function isNoise(event: ApiObject): boolean {
  const { reason, message } = Told.parse(event);
  return NOISE.test(`${reason} ${message}`);
}

const Told = z.object({ reason: z.string().default(""), message: z.string().default("") });

function aged(object: ApiObject): ApiObject {
  const { namespace, labels } = object.metadata;
  const isLongRunning = namespace === INCIDENT.namespace && LONG_RUNNING.includes(labels?.app ?? "");
  return isLongRunning ? ApiObject.parse(moved(object, -LONG_RUNNING_AGE_MS)) : object;
}

function isOurs({ metadata: { namespace, labels } }: ApiObject): boolean {
  return namespace === INCIDENT.namespace && labels?.app === INCIDENT.workload;
}

/** Recorded, a start lasts three seconds: too short for any metric to see it. */
function shorterOfBreath(pod: ApiObject): ApiObject {
  if (!isOurs(pod)) return pod;
  const last = "status.containerStatuses.0.lastState.terminated";
  const finishedAt = Date.parse(z.string().parse(fieldOf(pod, `${last}.finishedAt`)));
  return withField(pod, pathOf(`${last}.startedAt`), seconds(finishedAt - INCIDENT.loadsForMs));
}

function secondRevision(deployment: ApiObject): ApiObject {
  if (!isOurs(deployment)) return deployment;
  const created = Date.parse(deployment.metadata.creationTimestamp ?? "");
  return [
    [["metadata", "annotations"], revision("2", INCIDENT.after.version)] as const,
    [["metadata", "creationTimestamp"], seconds(created - RECOMMENDER_AGE_MS)] as const,
    [["metadata", "generation"], 2] as const,
    [["status", "observedGeneration"], 2] as const,
  ].reduce((changed, [path, value]) => withField(changed, path, value), deployment);
}

function withItsPredecessor(current: ApiObject): readonly ApiObject[] {
  if (!isOurs(current)) return [current];
  const { before, after, workload } = INCIDENT;
  const created = Date.parse(current.metadata.creationTimestamp ?? "");
  const labels = {
    ...current.metadata.labels,
    "app.kubernetes.io/version": before.version,
    "pod-template-hash": before.hash,
  };
  const container = ["spec", "template", "spec", "containers", 0];
  const former = [
    [["metadata", "name"], before.replicaSet] as const,
    [["metadata", "uid"], "7c1f0a52-3f0e-4a53-9d0b-0f6a2a7b1c34"] as const,
    [["metadata", "creationTimestamp"], seconds(created - RECOMMENDER_AGE_MS)] as const,
    [["metadata", "labels"], labels] as const,
    [["metadata", "annotations"], revision("1", before.version)] as const,
    [["spec", "replicas"], 0] as const,
    [["spec", "selector", "matchLabels", "pod-template-hash"], before.hash] as const,
    [["spec", "template", "metadata", "labels"], labels] as const,
    [[...container, "image"], `registry.example/shop/${workload}:${before.version}`] as const,
    [[...container, "resources", "limits", "memory"], before.memory] as const,
    [["status"], { replicas: 0, observedGeneration: 2 }] as const,
  ].reduce((changed, [path, value]) => withField(changed, path, value), current);
  return [withField(current, ["metadata", "annotations"], revision("2", after.version)), former];
}

function revision(number: string, version: string): object {
  return {
    "deployment.kubernetes.io/desired-replicas": "1",
    "deployment.kubernetes.io/max-replicas": "2",
    "deployment.kubernetes.io/revision": number,
    "kubernetes.io/change-cause": `release ${version}`,
  };
}

/** The other half of the rollout, which the recording lacks. */
function scaledDown(now: number): ApiObject {
  const { namespace, workload, before } = INCIDENT;
  const at = seconds(now - RELEASED_BEFORE_MS);
  return ApiObject.parse({
    metadata: { name: `${workload}.18ea89cb71700dc9`, namespace, creationTimestamp: at },
    involvedObject: { kind: "Deployment", namespace, name: workload, apiVersion: "apps/v1" },
    reason: "ScalingReplicaSet",
    message: `Scaled down replica set ${before.replicaSet} from 1 to 0`,
    source: { component: "deployment-controller" },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type: "Normal",
    eventTime: null,
    reportingComponent: "deployment-controller",
    reportingInstance: "",
  });
}

function seconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
}

function pathOf(dotted: string): readonly (string | number)[] {
  return dotted.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
