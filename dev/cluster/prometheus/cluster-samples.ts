// What kube-state-metrics and cAdvisor would say of the stand-in's pods at a moment: now, or on the way here.
import { INCIDENT, RELEASED_BEFORE_MS } from "../incident.ts";

import type { Sample } from "./families.ts";
import type { ContainerFacts, PodFacts } from "./pod-facts.ts";

export interface Moment {
  readonly atMs: number;
  /** The moment that the recording was moved to. */
  readonly bootMs: number;
}

/** A pod is what it is now from its creation on; only its restarts are counted up to there. */
export function podSamples(facts: PodFacts, { atMs }: Moment): readonly Sample[] {
  if (atMs < facts.createdMs) return [];
  const { namespace, pod, phase, isReady } = facts;
  return [
    { family: "kube_pod_status_phase", labels: { namespace, pod, phase }, value: 1 },
    { family: "kube_pod_status_ready", labels: { namespace, pod, condition: "true" }, value: isReady ? 1 : 0 },
    ...facts.containers.flatMap((container) => containerSamples({ facts, container, atMs })),
  ];
}

interface Inside {
  readonly facts: PodFacts;
  readonly container: ContainerFacts;
  readonly atMs: number;
}

function containerSamples(inside: Inside): readonly Sample[] {
  const { facts, container } = inside;
  const labels = { namespace: facts.namespace, pod: facts.pod, container: container.name };
  const { waiting, last, limitBytes } = container;
  const restarts = restartsAt(inside);
  const samples: Sample[] = [{ family: "kube_pod_container_status_restarts_total", labels, value: restarts }];
  if (waiting !== undefined) {
    samples.push({
      family: "kube_pod_container_status_waiting_reason",
      labels: { ...labels, reason: waiting },
      value: 1,
    });
  }
  if (last !== undefined && restarts > 0) {
    const { reason } = last;
    samples.push({
      family: "kube_pod_container_status_last_terminated_reason",
      labels: { ...labels, reason },
      value: 1,
    });
    if (reason === "OOMKilled") samples.push({ family: "container_oom_events_total", labels, value: restarts + 1 });
  }
  if (limitBytes !== undefined) {
    const limit = { ...labels, resource: "memory", unit: "byte" };
    samples.push({ family: "kube_pod_container_resource_limits", labels: limit, value: limitBytes });
    samples.push({ family: "container_spec_memory_limit_bytes", labels, value: limitBytes });
  }
  return [...samples, ...usageSamples(inside, labels)];
}

function usageSamples({ facts, container, atMs }: Inside, labels: Sample["labels"]): readonly Sample[] {
  const { runningSinceMs, usage } = container;
  if (runningSinceMs === undefined || atMs < runningSinceMs) return [];
  // It breathes a little, or every line of a chart would look drawn with a ruler.
  const bytes = Math.round(usage.bytes * (1 + 0.03 * Math.sin(atMs / 90_000 + facts.pod.length)));
  const seconds = Number((((atMs - runningSinceMs) / 1_000) * usage.cores).toFixed(3));
  return [
    { family: "container_memory_working_set_bytes", labels, value: bytes },
    { family: "container_cpu_usage_seconds_total", labels, value: seconds },
  ];
}

/** The pauses between restarts double, as the kubelet has it. */
function restartsAt({ facts, container, atMs }: Inside): number {
  const { restarts, last } = container;
  if (restarts === 0 || last === undefined || atMs >= last.finishedMs) return restarts;
  const passed = (atMs - facts.createdMs) / Math.max(1, last.finishedMs - facts.createdMs);
  return Math.min(restarts, Math.floor(Math.log2(1 + passed * (2 ** restarts - 1))));
}

/** The recommender of the release before: well within its limit, and gone since. */
export function predecessorSamples({ atMs, bootMs }: Moment): readonly Sample[] {
  const { namespace, workload, before, neededBytes } = INCIDENT;
  if (atMs > bootMs - RELEASED_BEFORE_MS) return [];
  const labels = { namespace, pod: `${before.replicaSet}-k8v2x`, container: workload };
  const bytes = Math.round(neededBytes * (1 + 0.01 * Math.sin(atMs / 200_000)));
  return [
    { family: "container_memory_working_set_bytes", labels, value: bytes },
    { family: "container_spec_memory_limit_bytes", labels, value: 64 * 1024 ** 2 },
    { family: "kube_pod_container_status_restarts_total", labels, value: 0 },
    { family: "kube_pod_status_ready", labels: { namespace, pod: labels.pod, condition: "true" }, value: 1 },
  ];
}
