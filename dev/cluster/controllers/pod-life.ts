// The life of a pod: it is given a node, it starts or fails to, and when it is asked to go, it goes.
import { ApiObject, edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isSame } from "../json.ts";
import { podState } from "../pod-state.ts";
import { rfc3339 } from "../rfc3339.ts";
import { metricsOf } from "../usage.ts";
import { troubleAhead } from "./fate.ts";
import { backOffMs, SCHEDULE_MS, START_MS, STOP_MS } from "./pace.ts";
import { placeFor, placeOn } from "./place.ts";
import { creating, running, unscheduled } from "./pod-status.ts";
import { tell } from "./tell.ts";
import { containersOf, tellOfStart, tellOfTrouble } from "./tell-of-pod.ts";
import { troubled } from "./trouble.ts";

import type { Members } from "../json.ts";
import type { Place } from "./place.ts";
import type { Stage } from "./stage.ts";

const [PODS, METRICS] = [resourceOf("v1", "pods"), resourceOf("metrics.k8s.io/v1beta1", "pods")];

export function begin(pod: ApiObject, stage: Stage): void {
  const made = stage.objects.put(PODS, pod);
  stage.notice(PODS, made);
  stage.agenda.in(SCHEDULE_MS, () => schedule(made, stage));
}

/** Also for a pod that has waited: there may be room now. */
export function schedule({ metadata: { uid } }: ApiObject, stage: Stage): void {
  const pod = alive(uid, stage);
  if (!pod || fieldOf(pod, "spec.schedulingGates") !== undefined) return;
  const { node } = podState(pod);
  const hopeless = hopelessness(pod, stage);
  // A DaemonSet has chosen the node already.
  const place = node === undefined ? placeFor(pod, stage.objects) : placeOn(node, stage.objects);
  if ("node" in place && hopeless === undefined) assign(pod, place, stage);
  else wait(pod, hopeless ?? ("refused" in place ? place.refused : ""), stage);
}

function wait(pod: ApiObject, message: string, stage: Stage): void {
  if (fieldOf(pod, "status.conditions.0.message") === message) return;
  keep(pod, unscheduled(message, rfc3339(stage.clock())), stage);
  tell({ resource: PODS, about: pod, type: "Warning", reason: "FailedScheduling", message, from: SCHEDULER }, stage);
}

const SCHEDULER = "default-scheduler";

/** What no node took when it was recorded, no node takes now. */
function hopelessness(pod: ApiObject, stage: Stage): string | undefined {
  const like = troubleAhead(pod, stage);
  if (!like || podState(like).node !== undefined) return undefined;
  return String(fieldOf(like, "status.conditions.0.message"));
}

function assign(pod: ApiObject, place: Place, stage: Stage): void {
  const assigned = edited(pod, { spec: { nodeName: place.node } });
  const { namespace = "", name } = pod.metadata;
  keep(assigned, creating(assigned, place, rfc3339(stage.clock())), stage);
  const message = `Successfully assigned ${namespace}/${name} to ${place.node}`;
  tell({ resource: PODS, about: pod, reason: "Scheduled", message, from: SCHEDULER }, stage);
  stage.agenda.in(START_MS, () => start(pod, place, stage));
}

function start({ metadata: { uid } }: ApiObject, place: Place, stage: Stage): void {
  const pod = alive(uid, stage);
  if (!pod) return;
  const like = troubleAhead(pod, stage);
  if (like) {
    fail(pod, { like, place, restarts: 1 }, stage);
    return;
  }
  const moment = { at: rfc3339(stage.clock()), random: stage.random };
  const ready = keep(pod, running(pod, place, moment), stage);
  tellOfStart(ready, stage);
  for (const metrics of metricsOf(ready, stage.clock())) stage.objects.put(METRICS, metrics);
}

interface Failing {
  readonly like: ApiObject;
  readonly place: Place;
  readonly restarts: number;
}

/** What crashes is started again, and crashes again, for as long as it is there. */
function fail(pod: ApiObject, { like, place, restarts }: Failing, stage: Stage): void {
  const moment = { at: rfc3339(stage.clock()), random: stage.random };
  const status = troubled(pod, place, { like, restarts, ...moment });
  // Since its first crash it has not been ready: that is not a new condition.
  const failed = keep(pod, restarts > 1 ? { ...status, conditions: fieldOf(pod, "status.conditions") } : status, stage);
  tellOfTrouble(failed, like, stage);
  if (!isCrashing(like)) return;
  stage.agenda.in(backOffMs(restarts), () => {
    const again = alive(failed.metadata.uid, stage);
    if (again) fail(again, { like, place, restarts: restarts + 1 }, stage);
  });
}

function isCrashing(pod: ApiObject): boolean {
  return /"restartCount":[1-9]/.test(JSON.stringify(pod.status));
}

/** The pod was asked to go, or is gone. */
export function leave(pod: ApiObject, stage: Stage): void {
  const { isTerminating, finalizers } = podState(pod);
  const { namespace, name, uid } = pod.metadata;
  const isThere = stage.objects.list(PODS, namespace).some(({ metadata }) => metadata.uid === uid);
  if (!isThere) {
    const metrics = stage.objects.list(METRICS, namespace).find(({ metadata }) => metadata.name === name);
    if (metrics) stage.objects.remove(METRICS, metrics);
    return;
  }
  if (!isTerminating || finalizers.length > 0) return;
  for (const container of containersOf(pod)) {
    const message = `Stopping container ${container}`;
    tell(
      { resource: PODS, about: pod, reason: "Killing", message, from: "kubelet", host: podState(pod).node, container },
      stage,
    );
  }
  stage.agenda.in(STOP_MS, () => end(pod, stage), `stop ${uid ?? name}`);
}

function end({ metadata: { uid } }: ApiObject, stage: Stage): void {
  const pod = stage.objects.list(PODS).find(({ metadata }) => metadata.uid === uid);
  if (pod) stage.notice(PODS, stage.objects.remove(PODS, pod));
}

/** As it is now; undefined when it is gone or going. */
function alive(uid: string | undefined, { objects }: Stage): ApiObject | undefined {
  return objects.list(PODS).find((pod) => pod.metadata.uid === uid && !podState(pod).isTerminating);
}

function keep(pod: ApiObject, status: Members, stage: Stage): ApiObject {
  const next = ApiObject.parse({ ...pod, status });
  if (isSame(next, pod)) return pod;
  const kept = stage.objects.put(PODS, next);
  stage.notice(PODS, kept);
  return kept;
}
