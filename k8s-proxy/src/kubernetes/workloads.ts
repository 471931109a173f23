// One workload as lists show it.
import { ageS } from "./api-text.ts";

import type { Workload } from "../contract/index.ts";
import type { PodTemplate } from "./api-template.ts";
import type { ApiHpa } from "./api-scaling.ts";
import type { WorkloadFacts } from "./workload-facts.ts";

export interface Seen {
  readonly now: number;
  readonly hpas: readonly ApiHpa[];
}

export function toWorkload({ kind, metadata, template, columns }: WorkloadFacts, { now, hpas }: Seen): Workload {
  const { name } = metadata;
  const hpa = hpas.find(({ spec: { scaleTargetRef: target } }) => target.kind === kind && target.name === name);
  return {
    kind,
    name,
    ...columns,
    age_s: ageS(metadata.creationTimestamp, now),
    images: imagesOf(template),
    ...helm(metadata),
    ...(hpa && { hpa: toHpa(hpa) }),
  };
}

export function imagesOf({ spec }: PodTemplate): string[] {
  return [...new Set([...spec.initContainers, ...spec.containers].map(({ image }) => image))];
}

function toHpa({ metadata, spec, status }: ApiHpa): NonNullable<Workload["hpa"]> {
  const { currentReplicas: current, desiredReplicas: desired } = status;
  return { name: metadata.name, min: spec.minReplicas ?? 1, max: spec.maxReplicas, current, desired };
}

/** Helm 3 writes the release into an annotation, charts by habit write both into labels; Helm 2's charts had others. */
function helm({ labels, annotations }: WorkloadFacts["metadata"]): Pick<Workload, "helm"> {
  const isOfHelm = [labels["app.kubernetes.io/managed-by"], labels.heritage].some((word) => word === "Helm");
  const chart = labels["helm.sh/chart"] ?? (isOfHelm ? labels.chart : undefined);
  const labelled = labels["app.kubernetes.io/instance"] ?? labels.release;
  const release = annotations["meta.helm.sh/release-name"] ?? (isOfHelm || chart ? labelled : undefined);
  if (!chart && !release) return {};
  return { helm: { ...(chart && { chart }), ...(release && { release }) } };
}
