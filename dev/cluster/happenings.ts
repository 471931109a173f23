// What may happen to a pod while the stand-in runs, so that a change can be seen: it crashes, recovers, or is deleted. Each
// comes with the event that a cluster would write.
import { ApiObject, fieldOf, withField } from "./api-object.ts";
import { ApiRefusal } from "./api-status.ts";
import { resourceOf } from "./catalogue.ts";

import type { LiveObjects } from "./live-objects.ts";

export interface Happening {
  readonly what: "crash" | "recover" | "delete";
  readonly namespace: string;
  readonly pod: string;
}

interface Stage {
  readonly objects: LiveObjects;
  readonly clock: () => number;
}

const CONTROL = /^\/control\/namespaces\/([a-z0-9-]{1,63})\/pods\/([a-z0-9.-]{1,253})\/(crash|recover|delete)$/;
const [PODS, EVENTS] = [resourceOf("v1", "pods"), resourceOf("v1", "events")];

export function controlOf(pathname: string): Happening | undefined {
  const [, namespace = "", pod = "", what] = CONTROL.exec(pathname) ?? [];
  return what === "crash" || what === "recover" || what === "delete" ? { what, namespace, pod } : undefined;
}

/** The pod as it is then, or was last. */
export function happen({ what, namespace, pod: name }: Happening, { objects, clock }: Stage): ApiObject {
  const pod = objects.list(PODS, namespace).find(({ metadata }) => metadata.name === name);
  if (!pod) throw new ApiRefusal(404, `pods "${name}" not found`, { details: { name, kind: "pods" } });
  if (what !== "delete" && fieldOf(pod, "status.containerStatuses.0") === undefined) {
    throw new ApiRefusal(422, `pod "${name}" has not begun: it cannot ${what}`);
  }
  const at = new Date(clock()).toISOString().replace(/\.\d{3}Z$/, "Z");
  switch (what) {
    case "crash": {
      const crashed = changed(pod, crashedStatus(pod, at));
      objects.put(PODS, crashed);
      tell(objects, eventOf(pod, { at, type: "Warning", reason: "BackOff", message: backOffOf(pod) }));
      return crashed;
    }
    case "recover": {
      const recovered = changed(pod, recoveredStatus(at));
      objects.put(PODS, recovered);
      tell(
        objects,
        eventOf(pod, { at, type: "Normal", reason: "Started", message: `Started container ${containerOf(pod)}` }),
      );
      return recovered;
    }
    case "delete":
      objects.remove(PODS, pod);
      tell(
        objects,
        eventOf(pod, { at, type: "Normal", reason: "Killing", message: `Stopping container ${containerOf(pod)}` }),
      );
      return pod;
  }
}

type Fields = readonly (readonly [path: readonly (string | number)[], value: unknown])[];

const FIRST = ["status", "containerStatuses", 0] as const;

function changed(pod: ApiObject, fields: Fields): ApiObject {
  return fields.reduce((object, [path, value]) => withField(object, path, value), pod);
}

function crashedStatus(pod: ApiObject, at: string): Fields {
  const restarts = Number(fieldOf(pod, "status.containerStatuses.0.restartCount") ?? 0);
  const message = `back-off 10s restarting failed container=${containerOf(pod)}`;
  return [
    [["status", "phase"], "Running"],
    [[...FIRST, "ready"], false],
    [[...FIRST, "started"], false],
    [[...FIRST, "restartCount"], restarts + 1],
    [[...FIRST, "state"], { waiting: { reason: "CrashLoopBackOff", message } }],
    [[...FIRST, "lastState"], { terminated: { exitCode: 1, reason: "Error", startedAt: at, finishedAt: at } }],
    [["status", "conditions"], readiness("False", at)],
  ];
}

function recoveredStatus(at: string): Fields {
  return [
    [["status", "phase"], "Running"],
    [[...FIRST, "ready"], true],
    [[...FIRST, "started"], true],
    [[...FIRST, "state"], { running: { startedAt: at } }],
    [["status", "conditions"], readiness("True", at)],
  ];
}

function readiness(status: "True" | "False", at: string): readonly object[] {
  const why = status === "False" && { reason: "ContainersNotReady", message: "containers with unready status" };
  return [
    { type: "PodScheduled", status: "True", lastTransitionTime: at },
    { type: "Initialized", status: "True", lastTransitionTime: at },
    { type: "ContainersReady", status, ...why, lastTransitionTime: at },
    { type: "Ready", status, ...why, lastTransitionTime: at },
  ];
}

function containerOf(pod: ApiObject): string {
  return String(fieldOf(pod, "spec.containers.0.name"));
}

function backOffOf(pod: ApiObject): string {
  const { name, namespace = "", uid = "" } = pod.metadata;
  return `Back-off restarting failed container ${containerOf(pod)} in pod ${name}_${namespace}(${uid})`;
}

interface Told {
  readonly at: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

function eventOf(pod: ApiObject, { at, ...told }: Told): ApiObject {
  const { name, namespace, uid } = pod.metadata;
  return ApiObject.parse({
    metadata: { name: `${name}.${told.reason.toLowerCase()}`, namespace, creationTimestamp: at },
    involvedObject: { kind: "Pod", namespace, name, uid, apiVersion: "v1", fieldPath: "spec.containers" },
    ...told,
    source: { component: "kubelet", host: "node-1" },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    eventTime: null,
    reportingComponent: "kubelet",
    reportingInstance: "node-1",
  });
}

/** The same thing once more is the same event, counted on. */
function tell(objects: LiveObjects, event: ApiObject): void {
  const { name, namespace } = event.metadata;
  const before = objects.list(EVENTS, namespace).find(({ metadata }) => metadata.name === name);
  const fields: Fields = before
    ? [
        [["count"], Number(fieldOf(before, "count")) + 1],
        [["firstTimestamp"], fieldOf(before, "firstTimestamp")],
      ]
    : [];
  objects.put(EVENTS, changed(event, fields));
}
