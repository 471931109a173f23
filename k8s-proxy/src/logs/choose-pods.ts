// Which pods' logs are read: those that the question means, the troubled and the newest first, and no more than a budget of them.
import { Name } from "../contract/index.ts";
import { ApiPod, isSidecar } from "../kubernetes/api-pod.ts";
import { readList } from "../kubernetes/lists.ts";
import { podProblem } from "../kubernetes/pod-problem.ts";
import { ok } from "../result.ts";

import type { ContainerSpec } from "../kubernetes/api-pod.ts";
import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { LogQuestion, LogSource } from "./log-source.ts";

/** 2,000 pods. */
const MAX_PAGES = 4;

export interface ChosenPods {
  readonly sources: readonly LogSource[];
  readonly matched: number;
  /** More matched, or the list itself had no end that could be reached. */
  readonly isCut: boolean;
}

export async function choosePods(
  question: LogQuestion,
  most: number,
  reading: Reading,
): Promise<Result<ChosenPods, Failure>> {
  const listed = await listPods(question, reading);
  if (!listed.ok) return listed;
  const { items, isComplete } = listed.value;
  const meant = items.filter(({ metadata: { name } }) => Name().safeParse(name).success && question.isPod(name));
  const now = reading.now();
  const chosen = meant
    .map((pod) => ({ pod, isTroubled: podProblem(pod, now) !== undefined, since: pod.metadata.creationTimestamp }))
    .toSorted((a, b) => Number(b.isTroubled) - Number(a.isTroubled) || Date.parse(b.since) - Date.parse(a.since))
    .slice(0, most)
    .map(({ pod }) => pod);
  if (!isComplete)
    reading.warn(`Only the first ${items.length} pods by name were looked at: a label_selector narrows them.`);
  if (chosen.length < meant.length) {
    reading.warn(
      `${meant.length} pods matched, and ${chosen.length} of them were read, those in trouble and the newest first: a narrower pod_pattern or label_selector reaches the others.`,
    );
  }
  return ok({
    sources: chosen.flatMap((pod) => sourcesOf(pod, question)),
    matched: meant.length,
    isCut: !isComplete || chosen.length < meant.length,
  });
}

export function listPods({ namespace, labelSelector }: LogQuestion, reading: Reading) {
  const query = labelSelector === undefined ? {} : { labelSelector };
  const listing = { path: ["api", "v1", "namespaces", namespace, "pods"], query, item: ApiPod, what: "pods" };
  return readList(listing, MAX_PAGES, reading);
}

function sourcesOf(pod: ApiPod, { container: wanted, previous }: LogQuestion): readonly LogSource[] {
  const inits = pod.spec.initContainers.filter(
    (container) => wanted === container.name || isOfInterest(container, pod),
  );
  return [...pod.spec.containers, ...inits]
    .filter(({ name }) => wanted === name || (wanted === undefined && (!previous || hasRestarted(name, pod))))
    .map(({ name }) => ({ pod: pod.metadata.name, container: name }));
}

/** A container without an earlier run has no log of one; asked for by name it is refused by the cluster's own words. */
function hasRestarted(name: string, { status }: ApiPod): boolean {
  const own = [...status.containerStatuses, ...status.initContainerStatuses].find((one) => one.name === name);
  return own === undefined || own.restartCount > 0;
}

/** An init container that ended well is read only when it is named. */
function isOfInterest(container: ContainerSpec, { status }: ApiPod): boolean {
  const own = status.initContainerStatuses.find(({ name }) => name === container.name);
  return isSidecar(container) || own?.state.terminated?.exitCode !== 0;
}
