// The status of a pod, as its scheduler and its kubelet write it: waiting for a node, being made, running.
import * as z from "zod";
import { membersOf } from "../json.ts";
import { hex } from "../random.ts";

import type { ApiObject } from "../api-object.ts";
import type { Members } from "../json.ts";
import type { Place } from "./place.ts";

const Container = z.looseObject({ name: z.string(), image: z.string(), resources: z.unknown().optional() });
const Spec = z.object({ containers: z.array(Container), initContainers: z.array(Container).default([]) });

export function unscheduled(message: string, at: string): Members {
  const condition = { type: "PodScheduled", observedGeneration: 1, status: "False", lastProbeTime: null };
  return {
    phase: "Pending",
    conditions: [{ ...condition, lastTransitionTime: at, reason: "Unschedulable", message }],
    qosClass: "Burstable",
  };
}

/** On its node, where nothing runs yet. */
export function creating(pod: ApiObject, { hostIP }: Place, at: string): Members {
  const { containers, initContainers } = Spec.parse(pod.spec);
  const waiting = (reason: string) => (one: z.output<typeof Container>) => ({
    name: one.name,
    state: { waiting: { reason } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image: one.image,
    imageID: "",
    started: false,
  });
  const hasInit = initContainers.length > 0;
  return {
    observedGeneration: 1,
    phase: "Pending",
    conditions: conditions({ at, isReady: false, isInitialized: !hasInit, pod }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    startTime: at,
    ...(hasInit && { initContainerStatuses: initContainers.map(waiting("PodInitializing")) }),
    containerStatuses: containers.map(waiting(hasInit ? "PodInitializing" : "ContainerCreating")),
    qosClass: "Burstable",
  };
}

export function running(pod: ApiObject, { hostIP, podIP }: Place, { at, random }: Moment): Members {
  const { containers, initContainers } = Spec.parse(pod.spec);
  const common = ({ name, image, resources = {} }: z.output<typeof Container>) => ({
    name,
    lastState: {},
    ready: true,
    restartCount: 0,
    image,
    imageID: `sha256:${hex(random, 64)}`,
    containerID: `containerd://${hex(random, 64)}`,
    resources,
  });
  const completed = { exitCode: 0, reason: "Completed", startedAt: at, finishedAt: at };
  return {
    observedGeneration: 1,
    phase: "Running",
    conditions: conditions({ at, isReady: true, isInitialized: true, pod }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: membersOf(pod.status).startTime ?? at,
    ...(initContainers.length > 0 && {
      initContainerStatuses: initContainers.map((one) => ({
        ...common(one),
        started: false,
        state: { terminated: completed },
      })),
    }),
    containerStatuses: containers.map((one) => ({
      ...common(one),
      started: true,
      state: { running: { startedAt: at } },
    })),
    qosClass: "Burstable",
  };
}

export interface Moment {
  readonly at: string;
  readonly random: () => number;
}

interface Conditions {
  readonly pod: ApiObject;
  readonly at: string;
  readonly isReady: boolean;
  readonly isInitialized: boolean;
}

function conditions({ pod, at, isReady, isInitialized }: Conditions): readonly object[] {
  const { containers, initContainers } = Spec.parse(pod.spec);
  const names = (of: typeof containers) => of.map(({ name }) => name).join(" ");
  const unready = { reason: "ContainersNotReady", message: `containers with unready status: [${names(containers)}]` };
  const incomplete = {
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: [${names(initContainers)}]`,
  };
  const condition = (type: string, is: boolean, why?: object) => ({
    type,
    observedGeneration: 1,
    status: is ? "True" : "False",
    lastProbeTime: null,
    lastTransitionTime: at,
    ...(!is && why),
  });
  return [
    condition("PodReadyToStartContainers", isReady),
    condition("Initialized", isInitialized, incomplete),
    condition("Ready", isReady, unready),
    condition("ContainersReady", isReady, unready),
    condition("PodScheduled", true),
  ];
}
