// What running pods use, for namespaces whose pod metrics were not recorded: small, and the same at every start.
import * as z from "zod";
import { ApiObject, keyOf } from "./api-object.ts";
import { INCIDENT } from "./incident.ts";
import { randomOf } from "./random.ts";

export interface UsageRequest {
  readonly pods: readonly ApiObject[];
  /** Taken as they are. */
  readonly recorded: readonly ApiObject[];
  readonly now: number;
}

const Status = z.object({
  status: z.object({
    containerStatuses: z
      .array(z.object({ name: z.string(), state: z.looseObject({ running: z.unknown().optional() }) }))
      .default([]),
  }),
});

export function podMetrics({ pods, recorded, now }: UsageRequest): readonly ApiObject[] {
  const measured = new Set(recorded.map(({ metadata }) => metadata.namespace));
  const others = pods.filter(({ metadata }) => !measured.has(metadata.namespace));
  return [...recorded, ...others.flatMap((pod) => metricsOf(pod, now))];
}

/** Of what runs in a pod: nothing where nothing does. The recommender's model is what its memory is for. */
export function metricsOf(pod: ApiObject, now: number): readonly ApiObject[] {
  const running = Status.parse(pod).status.containerStatuses.filter(({ state }) => state.running !== undefined);
  if (running.length === 0) return [];
  const { name, namespace, labels } = pod.metadata;
  const timestamp = new Date(now - 7_000).toISOString().replace(/\.\d+Z$/, "Z");
  const containers = running.map((container) => {
    const random = randomOf(`${keyOf(pod)}/${container.name}`);
    const cpu = `${Math.round(800_000 + random() * 4_000_000)}n`;
    const isModel = namespace === INCIDENT.namespace && container.name === INCIDENT.workload;
    const memory = isModel ? INCIDENT.neededBytes / 1_024 : Math.round(900 + random() * 6_000);
    return { name: container.name, usage: { cpu, memory: `${memory}Ki` } };
  });
  const metadata = { name, namespace, labels, creationTimestamp: timestamp };
  return [ApiObject.parse({ metadata, timestamp, window: "14.971s", containers })];
}
