// A pod as a list shows it: the words of kubectl, what is wrong if anything is, and its containers.
import { showContainers } from "./api-pod.ts";
import { ageS, controllerOf } from "./api-text.ts";
import { podProblem } from "./pod-problem.ts";
import { podStatus } from "./pod-status.ts";

import type { Pod } from "../contract/index.ts";
import type { ApiPod, ContainerSpec, ContainerStatus } from "./api-pod.ts";

export function toPod(pod: ApiPod, now: number): Pod {
  const { metadata, spec } = pod;
  const { lastRestartAt, ...columns } = podStatus(pod);
  const owner = controllerOf(metadata.ownerReferences);
  const problem = podProblem(pod, now);
  return {
    name: metadata.name,
    phase: pod.status.phase,
    ...columns,
    ...(lastRestartAt && { last_restart_at: lastRestartAt }),
    created_at: metadata.creationTimestamp,
    age_s: ageS(metadata.creationTimestamp, now),
    ...(spec.nodeName && { node: spec.nodeName }),
    ...(pod.status.podIP && { ip: pod.status.podIP }),
    ...(owner && { owner }),
    ...(problem && { problem }),
    containers: toContainers(pod),
  };
}

export function troubledFirst(pods: readonly Pod[]): Pod[] {
  return pods.toSorted((one, other) => Number(other.problem !== undefined) - Number(one.problem !== undefined));
}

export function countByStatus(pods: readonly Pod[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of pods) counts.set(status, (counts.get(status) ?? 0) + 1);
  return Object.fromEntries(counts);
}

type Container = Pod["containers"][number];

function toContainers(pod: ApiPod): Container[] {
  return showContainers(pod, toContainer);
}

function toContainer({ name, image }: ContainerSpec, status: ContainerStatus | undefined): Container {
  const reason = status?.state.waiting?.reason ?? status?.state.terminated?.reason;
  return {
    name,
    image,
    ready: status?.ready ?? false,
    state: stateWord(status),
    ...(reason && { reason }),
    restarts: status?.restartCount ?? 0,
  };
}

/** The API says that a container without any state is waiting; one that nobody has reported on yet is not known. */
function stateWord(status: ContainerStatus | undefined): Container["state"] {
  if (!status) return "unknown";
  if (status.state.running) return "running";
  return status.state.terminated ? "terminated" : "waiting";
}
