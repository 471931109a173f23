// The STATUS, READY and RESTARTS columns as `kubectl get pods` prints them: the words that people search for.
import { hasCondition, isSidecar } from "./api-pod.ts";

import type { ApiPod, ContainerStatus, Terminated } from "./api-pod.ts";

export interface PodStatus {
  readonly status: string;
  readonly ready: string;
  readonly restarts: number;
  readonly lastRestartAt: string | undefined;
}

interface Restarts {
  readonly count: number;
  readonly lastAt: string | undefined;
}

interface InitStage {
  /** The word for the first init container that is not done; absent when all are. */
  readonly blockedBy: string | undefined;
  readonly readySidecars: number;
  readonly all: Restarts;
  readonly sidecars: Restarts;
}

interface MainStage {
  readonly reason: string | undefined;
  readonly ready: number;
  readonly isRunning: boolean;
  readonly restarts: Restarts;
}

const NO_RESTARTS: Restarts = { count: 0, lastAt: undefined };

export function podStatus(pod: ApiPod): PodStatus {
  const total = pod.spec.containers.length + pod.spec.initContainers.filter(isSidecar).length;
  const init = initStage(pod);
  const isInitialized = init.blockedBy === undefined || hasCondition(pod, "Initialized");
  // Once the main containers may run, restarts of init containers that have ended are history, those of sidecars are not.
  const main = isInitialized ? mainStage(pod, init.sidecars) : undefined;
  const { count, lastAt } = main?.restarts ?? init.all;

  return {
    status: deletionWord(pod) ?? settle(pod, main, main?.reason ?? init.blockedBy ?? phaseWord(pod)),
    ready: `${init.readySidecars + (main?.ready ?? 0)}/${total}`,
    restarts: count,
    lastRestartAt: lastAt,
  };
}

function phaseWord({ status }: ApiPod): string {
  const isGated = status.conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated");
  return isGated ? "SchedulingGated" : (status.reason ?? status.phase);
}

function initStage(pod: ApiPod): InitStage {
  const specs = new Map(pod.spec.initContainers.map((container) => [container.name, container]));
  let stage: InitStage = { blockedBy: undefined, readySidecars: 0, all: NO_RESTARTS, sidecars: NO_RESTARTS };

  for (const [index, status] of pod.status.initContainerStatuses.entries()) {
    const sidecar = isSidecar(specs.get(status.name));
    stage = { ...stage, all: add(stage.all, status), sidecars: sidecar ? add(stage.sidecars, status) : stage.sidecars };
    if (status.state.terminated?.exitCode === 0) continue;
    if (!sidecar || status.started !== true) {
      return { ...stage, blockedBy: initWord(status, `${index}/${pod.spec.initContainers.length}`) };
    }
    if (status.ready) stage = { ...stage, readySidecars: stage.readySidecars + 1 };
  }
  return stage;
}

function initWord({ state }: ContainerStatus, progress: string): string {
  if (state.terminated) return `Init:${endWord(state.terminated)}`;
  const waiting = state.waiting?.reason;
  return waiting && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${progress}`;
}

/** From the last container to the first, so that the first one with something to say has the word. */
function mainStage(pod: ApiPod, sidecars: Restarts): MainStage {
  let stage: MainStage = { reason: undefined, ready: 0, isRunning: false, restarts: sidecars };
  for (const status of pod.status.containerStatuses.toReversed()) {
    const { waiting, terminated, running } = status.state;
    stage = { ...stage, restarts: add(stage.restarts, status) };
    if (waiting?.reason) stage = { ...stage, reason: waiting.reason };
    else if (terminated) stage = { ...stage, reason: endWord(terminated) };
    else if (status.ready && running) stage = { ...stage, ready: stage.ready + 1, isRunning: true };
  }
  return stage;
}

/** One container's end is not the pod's while another still runs. */
function settle(pod: ApiPod, main: MainStage | undefined, reason: string): string {
  if (reason !== "Completed" || main?.isRunning !== true) return reason;
  return hasCondition(pod, "Ready") ? "Running" : "NotReady";
}

function deletionWord({ metadata, status }: ApiPod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined;
  if (status.reason === "NodeLost") return "Unknown";
  const hasEnded = status.phase === "Succeeded" || status.phase === "Failed";
  return hasEnded ? undefined : "Terminating";
}

/** How a container ended, when nobody gave the end a name: by its signal, else by its exit code. */
export function endWord({ reason, signal, exitCode }: Terminated): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function add({ count, lastAt }: Restarts, { restartCount, lastState }: ContainerStatus): Restarts {
  const at = lastState.terminated?.finishedAt ?? undefined;
  const isLater = at !== undefined && (lastAt === undefined || Date.parse(lastAt) < Date.parse(at));
  return { count: count + restartCount, lastAt: isLater ? at : lastAt };
}
