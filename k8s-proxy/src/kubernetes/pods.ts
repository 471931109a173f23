// Lists the pods of one namespace and keeps what a reader needs to judge their health.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { ApiPodList, isSidecar } from "./api-pod.ts";
import { podProblem } from "./pod-problem.ts";
import { podStatus } from "./pod-status.ts";

import type { Pod, ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";
import type { ApiPod, ContainerSpec, ContainerStatus } from "./api-pod.ts";

/** A namespace that does not exist is an empty list, as the API server has it. */
export const listPods: Handles<typeof ROUTES.listPods> = async (request, { api, now, signal }) => {
  const answer = await api.get(
    {
      path: ["api", "v1", "namespaces", request.namespace, "pods"],
      query: { limit: request.limit, continue: request.continue, labelSelector: request.label_selector },
    },
    signal,
  );
  if (!answer.ok) return answer;

  const list = ApiPodList.safeParse(answer.value);
  if (!list.success) {
    const where = list.error.issues[0]?.path.join(".") ?? "";
    return fail("cluster_unavailable", "The cluster's answer is not a list of pods", { detail: `unexpected ${where}` });
  }

  const { continue: next, remainingItemCount: remaining } = list.data.metadata;
  return ok({
    pods: list.data.items.map((pod) => toPod(pod, now())),
    ...(next ? { continue: next } : {}),
    ...(remaining === undefined ? {} : { remaining }),
  });
};

export function toPod(pod: ApiPod, now: number): Pod {
  const { metadata, spec } = pod;
  const { lastRestartAt, ...columns } = podStatus(pod);
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true);
  const problem = podProblem(pod, now);
  return {
    name: metadata.name,
    phase: pod.status.phase,
    ...columns,
    ...(lastRestartAt && { last_restart_at: lastRestartAt }),
    created_at: metadata.creationTimestamp,
    // A node's clock and ours may disagree; an age is never negative.
    age_s: Math.max(0, Math.floor((now - Date.parse(metadata.creationTimestamp)) / 1000)),
    ...(spec.nodeName && { node: spec.nodeName }),
    ...(pod.status.podIP && { ip: pod.status.podIP }),
    ...(owner && { owner: `${owner.kind}/${owner.name}` }),
    ...(problem && { problem }),
    containers: toContainers(pod),
  };
}

type Container = Pod["containers"][number];

function toContainers({ spec, status }: ApiPod): Container[] {
  const statuses = new Map(
    [...status.initContainerStatuses, ...status.containerStatuses].map((one) => [one.name, one]),
  );
  const inits = spec.initContainers.map((container) => {
    const role = isSidecar(container) ? ("sidecar" as const) : ("init" as const);
    return { ...toContainer(container, statuses.get(container.name)), role };
  });
  return [...inits, ...spec.containers.map((container) => toContainer(container, statuses.get(container.name)))];
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
