// The events of one workload: its own, and those of everything that it made.
import { groupEvents } from "./event-groups.ts";
import { workloadName } from "./workload-name.ts";

import type { Event } from "../contract/index.ts";
import type { WorkloadFacts } from "./workload-facts.ts";
import type { Around } from "./workload-reads.ts";

/** What a workload makes is often gone when its events are read: then the form of its name says whose it was. */
const MADE: readonly string[] = ["Pod", "ReplicaSet", "Job"];

export function workloadEvents(
  { kind, metadata: { name } }: WorkloadFacts,
  { events, pods = [], jobs, hpas }: Pick<Around, "events" | "pods" | "jobs" | "hpas">,
): Event[] {
  const scaling = hpas.filter(({ spec: { scaleTargetRef: target } }) => target.kind === kind && target.name === name);
  const objects = new Set([
    `${kind}/${name}`,
    ...pods.map(({ metadata }) => `Pod/${metadata.name}`),
    ...jobs.map(({ metadata }) => `Job/${metadata.name}`),
    ...scaling.map(({ metadata }) => `HorizontalPodAutoscaler/${metadata.name}`),
  ]);
  const own = events.filter(
    (event) =>
      objects.has(`${event.kind}/${event.name}`) ||
      (MADE.includes(event.kind) && event.name !== name && workloadName(event.kind, event.name) === name),
  );
  return groupEvents(own, { showsNamespace: false });
}
