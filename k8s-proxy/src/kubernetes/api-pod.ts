// The fields of the API server's PodList that we read, cleaned as they are parsed; everything else is dropped here.
import * as z from "zod";
import { clean } from "../clean.ts";

/** Names and reasons: the API's own limit for a name is 253. */
const Word = z.string().transform((text) => clean(text, 253));
/** Go writes an empty string where nothing was said. */
const Reason = Word.nullish().transform((word) => (word === "" ? undefined : (word ?? undefined)));
const Image = z.string().transform((text) => clean(text, 512));
const Message = z.string().transform((text) => clean(text, 300));
const Timestamp = z.iso.datetime({ offset: true });

const Terminated = z.object({
  exitCode: z.int(),
  signal: z.int().nullish(),
  reason: Reason,
  message: Message.nullish(),
  finishedAt: Timestamp.nullish(),
});
export type Terminated = z.output<typeof Terminated>;

const ContainerState = z.object({
  waiting: z.object({ reason: Reason, message: Message.nullish() }).nullish(),
  running: z.object({}).nullish(),
  terminated: Terminated.nullish(),
});

const ContainerStatus = z.object({
  name: Word,
  ready: z.boolean().default(false),
  started: z.boolean().nullish(),
  restartCount: z.int().default(0),
  state: ContainerState.default({}),
  lastState: ContainerState.default({}),
});
export type ContainerStatus = z.output<typeof ContainerStatus>;

const ContainerSpec = z.object({ name: Word, image: Image.default(""), restartPolicy: z.string().nullish() });
export type ContainerSpec = z.output<typeof ContainerSpec>;

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: Reason,
  message: Message.nullish(),
});

export const ApiPod = z.object({
  metadata: z.object({
    name: Word,
    creationTimestamp: Timestamp,
    deletionTimestamp: Timestamp.nullish(),
    finalizers: z.array(Word).default([]),
    ownerReferences: z.array(z.object({ kind: Word, name: Word, controller: z.boolean().nullish() })).default([]),
  }),
  spec: z.object({
    nodeName: Word.nullish(),
    containers: z.array(ContainerSpec),
    initContainers: z.array(ContainerSpec).default([]),
  }),
  status: z.object({
    phase: Word.default(""),
    reason: Reason,
    message: Message.nullish(),
    podIP: Word.nullish(),
    conditions: z.array(Condition).default([]),
    containerStatuses: z.array(ContainerStatus).default([]),
    initContainerStatuses: z.array(ContainerStatus).default([]),
  }),
});
export type ApiPod = z.output<typeof ApiPod>;

export const ApiPodList = z.object({
  metadata: z.object({ continue: z.string().optional(), remainingItemCount: z.int().optional() }),
  items: z.array(ApiPod),
});

/** KEP-753: an init container that is restarted for ever runs beside the others, so it counts as one of them. */
export function isSidecar(container: ContainerSpec | undefined): boolean {
  return container?.restartPolicy === "Always";
}

export function hasCondition(pod: ApiPod, type: string): boolean {
  return pod.status.conditions.find((condition) => condition.type === type)?.status === "True";
}
