// The status of a pod in trouble: that of a recorded one, under the new name, at another time, in another place.
import * as z from "zod";
import { membersOf } from "../json.ts";
import { hex } from "../random.ts";
import { backOffMs } from "./pace.ts";

import type { ApiObject } from "../api-object.ts";
import type { Members } from "../json.ts";
import type { Place } from "./place.ts";
import type { Moment } from "./pod-status.ts";

export interface Trouble extends Moment {
  readonly like: ApiObject;
  /** How often what has crashed there has been started again here. */
  readonly restarts: number;
}

const TIMESTAMP = /"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"/g;

/** The other's status word for word, but for whose it is, where it stands and when it was. */
export function troubled(pod: ApiObject, { hostIP, podIP }: Place, { like, restarts, at, random }: Trouble): Members {
  const { allocatedResources: _, resources: __, ...other } = membersOf(like.status);
  const text = renamed(JSON.stringify(other), like, pod)
    .replace(TIMESTAMP, JSON.stringify(at))
    .replace(/containerd:\/\/[0-9a-f]{64}/g, () => `containerd://${hex(random, 64)}`)
    .replace(/"restartCount":[1-9]\d*/g, `"restartCount":${restarts}`)
    .replace(/back-off \d\S* /g, `back-off ${goDuration(backOffMs(restarts))} `)
    .replace(/kube-api-access-\w{5}/g, tokenOf(pod));
  const status = membersOf(JSON.parse(text));
  const { containers } = Spec.parse(pod.spec);
  return {
    ...status,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(other.podIP !== undefined && { podIP, podIPs: [{ ip: podIP }] }),
    containerStatuses: Statuses.parse(status.containerStatuses).map((one) => {
      const resources = containers.find(({ name }) => name === one.name)?.resources;
      return one.resources === undefined ? one : { ...one, resources };
    }),
  };
}

/** Whatever is said of the one, said of the other. */
export function renamed(text: string, like: ApiObject, pod: ApiObject): string {
  return text
    .replaceAll(like.metadata.name, pod.metadata.name)
    .replaceAll(like.metadata.uid ?? "\0", pod.metadata.uid ?? "");
}

const Statuses = z.array(z.looseObject({ name: z.string() })).default([]);
const Spec = z.object({
  containers: z.array(z.looseObject({ name: z.string(), resources: z.unknown().optional() })),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});

/** `10s`, `1m20s`, `5m0s`. */
function goDuration(ms: number): string {
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.floor(ms / 1_000) % 60];
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}

function tokenOf(pod: ApiObject): string {
  const names = Spec.parse(pod.spec).volumes.map(({ name }) => name);
  return names.find((name) => name.startsWith("kube-api-access-")) ?? "kube-api-access";
}
