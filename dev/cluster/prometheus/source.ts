// All samples of a moment, for the exporter and for the history before it.
import { podSamples, predecessorSamples } from "./cluster-samples.ts";
import { podFacts } from "./pod-facts.ts";
import { requestSamples, workloadSamples } from "./workload-samples.ts";

import type { Objects } from "../objects.ts";
import type { Outage } from "../outage.ts";
import type { Sample } from "./families.ts";
import type { PodFacts } from "./pod-facts.ts";

export interface Source {
  at(atMs: number): readonly Sample[];
  readonly pods: readonly PodFacts[];
  readonly bootMs: number;
}

/** What a stand-in shows of itself. */
export interface Observed {
  readonly objects: Objects;
  readonly outage: Outage;
  readonly bootMs: number;
}

/** The past is what was there at the start, the present what is there now. */
export function sourceOf({ objects, outage, bootMs }: Observed): Source {
  const [pods, workloads] = [podFacts(objects), workloadSamples(objects)];
  return {
    pods,
    bootMs,
    at(atMs) {
      const moment = { atMs, bootMs };
      const isPast = atMs < bootMs;
      return [
        ...(isPast ? pods : podFacts(objects)).flatMap((facts) => podSamples(facts, moment)),
        ...predecessorSamples(moment),
        ...(isPast ? workloads : workloadSamples(objects)),
        ...requestSamples(moment, outage),
      ];
    },
  };
}
