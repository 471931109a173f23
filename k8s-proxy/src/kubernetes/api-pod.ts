// The fields of a pod that we read, made safe as they are parsed; everything else is dropped here.
import * as z from "zod";
import { Image, Message, OwnerReferences, Reason, Timestamp, Word, listOf } from "./api-text.ts";

const Terminated = z.object({
  exitCode: z.int(),
  signal: z.int().nullish(),
  reason: Reason,
  message: Message,
  finishedAt: Timestamp.nullish(),
});
export type Terminated = z.output<typeof Terminated>;

const ContainerState = z.object({
  waiting: z.object({ reason: Reason, message: Message }).nullish(),
  running: z.object({ startedAt: Timestamp.nullish() }).nullish(),
  terminated: Terminated.nullish(),
});

export const ContainerStatus = z.object({
  name: Word,
  ready: z.boolean().default(false),
  started: z.boolean().nullish(),
  restartCount: z.int().default(0),
  state: ContainerState.default({}),
  lastState: ContainerState.default({}),
});
export type ContainerStatus = z.output<typeof ContainerStatus>;

export const ContainerSpec = z.object({ name: Word, image: Image.default(""), restartPolicy: z.string().nullish() });
export type ContainerSpec = z.output<typeof ContainerSpec>;

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: Reason,
  message: Message,
});

export const ApiPod = z.object({
  metadata: z.object({
    name: Word,
    namespace: Word.nullish(),
    creationTimestamp: Timestamp,
    deletionTimestamp: Timestamp.nullish(),
    finalizers: listOf(Word),
    ownerReferences: OwnerReferences,
  }),
  spec: z.object({
    nodeName: Word.nullish(),
    containers: z.array(ContainerSpec),
    initContainers: listOf(ContainerSpec),
  }),
  status: z.object({
    phase: Word.default(""),
    reason: Reason,
    message: Message,
    podIP: Word.nullish(),
    conditions: listOf(Condition),
    containerStatuses: listOf(ContainerStatus),
    initContainerStatuses: listOf(ContainerStatus),
  }),
});
export type ApiPod = z.output<typeof ApiPod>;

/** KEP-753: an init container that is restarted for ever runs beside the others, so it counts as one of them. */
export function isSidecar(container: ContainerSpec | undefined): boolean {
  return container?.restartPolicy === "Always";
}

interface Containers<Spec, Status> {
  readonly spec: { readonly initContainers: readonly Spec[]; readonly containers: readonly Spec[] };
  readonly status: { readonly initContainerStatuses: readonly Status[]; readonly containerStatuses: readonly Status[] };
}

/** Every container beside what was last reported of it, in the order of the pod: those that come first say so. */
export function showContainers<Spec extends ContainerSpec, Status extends { readonly name: string }, Shown>(
  { spec, status }: Containers<Spec, Status>,
  show: (container: Spec, reported: Status | undefined) => Shown,
): (Shown | (Shown & { role: "sidecar" | "init" }))[] {
  const statuses = new Map(
    [...status.initContainerStatuses, ...status.containerStatuses].map((one) => [one.name, one]),
  );
  const inits = spec.initContainers.map((container) => {
    const role = isSidecar(container) ? ("sidecar" as const) : ("init" as const);
    return { ...show(container, statuses.get(container.name)), role };
  });
  return [...inits, ...spec.containers.map((container) => show(container, statuses.get(container.name)))];
}

export function hasCondition(pod: ApiPod, type: string): boolean {
  return pod.status.conditions.find((condition) => condition.type === type)?.status === "True";
}
