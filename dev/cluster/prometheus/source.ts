// All samples of a moment, for the exporter and for the history before it.
import { podSamples, predecessorSamples } from "./cluster-samples.ts";
import { podFacts } from "./pod-facts.ts";
import { requestSamples, workloadSamples } from "./workload-samples.ts";

import type { Objects } from "../objects.ts";
import type { Sample } from "./families.ts";
import type { PodFacts } from "./pod-facts.ts";

export interface Source {
  at(atMs: number): readonly Sample[];
  readonly pods: readonly PodFacts[];
  readonly bootMs: number;
}

export function sourceOf(cluster: { readonly objects: Objects; readonly bootMs: number }): Source {
  const { objects, bootMs } = cluster;
  const pods = podFacts(objects);
  const workloads = workloadSamples(objects);
  return {
    pods,
    bootMs,
    at(atMs) {
      const moment = { atMs, bootMs };
      return [
        ...pods.flatMap((facts) => podSamples(facts, moment)),
        ...predecessorSamples(moment),
        ...workloads,
        ...requestSamples(moment),
      ];
    },
  };
}
