// What is wrong with a pod, if anything: the reason nearest to the cause, which is seldom the word in the STATUS column.
import { clean } from "../clean.ts";
import { endWord } from "./pod-status.ts";

import type { Pod } from "../contract/index.ts";
import type { ApiPod, ContainerStatus, Terminated } from "./api-pod.ts";

export type Problem = NonNullable<Pod["problem"]>;

/** Waits that belong to an ordinary start. */
const ORDINARY_WAITS: readonly string[] = ["PodInitializing", "ContainerCreating"];

/** In the order of nearness: what was decided about the whole pod, then its containers as they start, then readiness. */
export function podProblem(pod: ApiPod, now: number): Problem | undefined {
  const { deletionTimestamp: dueAt } = pod.metadata;
  const hasEnded = pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
  // Containers are killed in an ordinary deletion too: only its delay is a problem.
  if (dueAt && !hasEnded) return verdictOnPod(pod) ?? overdueDeletion(pod, { dueAt, now });
  return verdictOnPod(pod) ?? unscheduled(pod) ?? brokenContainer(pod) ?? notReady(pod);
}

/** Evicted, NodeLost, DeadlineExceeded: the containers' own ends only follow from it. */
function verdictOnPod({ status }: ApiPod): Problem | undefined {
  return status.reason ? problem(status.reason, status.message) : undefined;
}

function unscheduled({ status }: ApiPod): Problem | undefined {
  const condition = status.conditions.find(({ type }) => type === "PodScheduled");
  return condition?.status === "False" && condition.reason ? problem(condition.reason, condition.message) : undefined;
}

function brokenContainer({ status }: ApiPod): Problem | undefined {
  for (const container of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const found = containerProblem(container);
    if (found) return { ...found, container: container.name };
  }
  return undefined;
}

function containerProblem({ state, lastState, ready }: ContainerStatus): Problem | undefined {
  const { waiting, terminated, running } = state;
  const last = lastState.terminated;
  if (waiting?.reason === "CrashLoopBackOff" && last) return crash(last, waiting.message);
  if (waiting?.reason && !ORDINARY_WAITS.includes(waiting.reason)) return problem(waiting.reason, waiting.message);
  if (terminated) return terminated.exitCode === 0 ? undefined : ending(terminated);
  // Running between two crashes: not ready, and the last life ended badly.
  return running && !ready && last && last.exitCode !== 0 ? ending(last) : undefined;
}

/** A container that ends well and is started again for ever has no better reason than the loop itself. */
function crash(last: Terminated, backOff: string | null | undefined): Problem {
  const loop = problem("CrashLoopBackOff", backOff);
  return last.exitCode === 0 ? { ...loop, exit_code: 0 } : { ...loop, ...ending(last) };
}

function ending(end: Terminated): Problem {
  return { ...problem(endWord(end), end.message), exit_code: end.exitCode };
}

/** The deletion timestamp is when the grace period ends; a pod that is still there was held back. */
function overdueDeletion({ metadata }: ApiPod, { dueAt, now }: { dueAt: string; now: number }): Problem | undefined {
  if (Date.parse(dueAt) > now) return undefined;
  const held = metadata.finalizers.length > 0 ? `; finalizers: ${metadata.finalizers.join(", ")}` : "";
  return problem("Terminating", clean(`should have been gone since ${dueAt}${held}`, 300));
}

function notReady({ status }: ApiPod): Problem | undefined {
  const condition = status.conditions.find(({ type }) => type === "Ready");
  const isWrong = status.phase === "Running" && condition?.status === "False" && condition.reason;
  return isWrong ? problem(isWrong, condition.message) : undefined;
}

function problem(reason: string, message: string | null | undefined): Problem {
  return { reason, ...(message ? { message } : {}) };
}
