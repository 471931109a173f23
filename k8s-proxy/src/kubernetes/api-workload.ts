// Deployments and all else that makes pods: the fields of them that we read, made safe as they are parsed.
import * as z from "zod";
import { safe } from "../safe.ts";
import { PodTemplate } from "./api-template.ts";
import { Message, OwnerReferences, Reason, Timestamp, Word, listOf, mapOf } from "./api-text.ts";

/** Go leaves out a number that is zero. */
export const Count = z
  .int()
  .nullish()
  .transform((count) => count ?? 0);
const CountOr = (absent: number) =>
  z
    .int()
    .nullish()
    .transform((count) => count ?? absent);

/** The value of a label. */
export const Label = z.string().transform((text) => safe(text, 253));

/** Only these: the others may hold anything, the whole object as it was applied included. */
const Annotations = z
  .object({
    "deployment.kubernetes.io/revision": Word.nullish(),
    "kubernetes.io/change-cause": Message,
    "meta.helm.sh/release-name": Word.nullish(),
  })
  .prefault({});

export const Metadata = z.object({
  name: Word,
  uid: z
    .string()
    .regex(/^[0-9a-f-]{36}$/)
    .nullish(),
  creationTimestamp: Timestamp,
  generation: z.int().nullish(),
  labels: mapOf(Label),
  annotations: Annotations,
  ownerReferences: OwnerReferences,
});

export const Conditions = listOf(
  z.object({ type: Word, status: Word, reason: Reason, message: Message, lastTransitionTime: Timestamp.nullish() }),
);
export type ApiCondition = z.output<typeof Conditions>[number];

export const LabelSelector = z
  .object({
    matchLabels: mapOf(Label),
    matchExpressions: listOf(z.object({ key: Word, operator: Word, values: listOf(Label) })),
  })
  .nullish();
export type LabelSelector = z.output<typeof LabelSelector>;

const IntOrPercent = z.union([z.int(), Word]).nullish();
const Strategy = z
  .object({
    type: Word.nullish(),
    rollingUpdate: z
      .object({ maxSurge: IntOrPercent, maxUnavailable: IntOrPercent, partition: z.int().nullish() })
      .nullish(),
  })
  .nullish();
export type Strategy = z.output<typeof Strategy>;

const ReplicaStatus = z.object({
  observedGeneration: z.int().nullish(),
  replicas: Count,
  updatedReplicas: Count,
  readyReplicas: Count,
  availableReplicas: Count,
  conditions: Conditions,
});

export const ApiDeployment = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: CountOr(1),
    paused: z.boolean().nullish(),
    selector: LabelSelector,
    strategy: Strategy,
    template: PodTemplate,
  }),
  status: ReplicaStatus.prefault({}),
});
export type ApiDeployment = z.output<typeof ApiDeployment>;

export const ApiReplicaSet = z.object({
  metadata: Metadata,
  spec: z.object({ replicas: CountOr(1), template: PodTemplate }),
  status: z.object({ replicas: Count, readyReplicas: Count, conditions: Conditions }).prefault({}),
});
export type ApiReplicaSet = z.output<typeof ApiReplicaSet>;

export const ApiStatefulSet = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: CountOr(1),
    selector: LabelSelector,
    updateStrategy: Strategy,
    template: PodTemplate,
  }),
  status: ReplicaStatus.extend({
    currentRevision: Word.nullish(),
    updateRevision: Word.nullish(),
  }).prefault({}),
});
export type ApiStatefulSet = z.output<typeof ApiStatefulSet>;

export const ApiDaemonSet = z.object({
  metadata: Metadata,
  spec: z.object({ selector: LabelSelector, updateStrategy: Strategy, template: PodTemplate }),
  status: z
    .object({
      observedGeneration: z.int().nullish(),
      desiredNumberScheduled: Count,
      updatedNumberScheduled: Count,
      numberReady: Count,
      numberAvailable: Count,
      conditions: Conditions,
    })
    .prefault({}),
});
export type ApiDaemonSet = z.output<typeof ApiDaemonSet>;

export const ApiJob = z.object({
  metadata: Metadata,
  spec: z.object({
    parallelism: CountOr(1),
    completions: z.int().nullish(),
    backoffLimit: CountOr(6),
    suspend: z.boolean().nullish(),
    selector: LabelSelector,
    template: PodTemplate,
  }),
  status: z
    .object({
      active: Count,
      ready: Count,
      succeeded: Count,
      failed: Count,
      startTime: Timestamp.nullish(),
      completionTime: Timestamp.nullish(),
      conditions: Conditions,
    })
    .prefault({}),
});
export type ApiJob = z.output<typeof ApiJob>;

export const ApiCronJob = z.object({
  metadata: Metadata,
  spec: z.object({
    schedule: Label,
    timeZone: Reason,
    concurrencyPolicy: Word.nullish(),
    suspend: z.boolean().nullish(),
    jobTemplate: z.object({ spec: z.object({ template: PodTemplate }) }),
  }),
  status: z
    .object({
      active: listOf(z.object({ name: Word.nullish() })),
      lastScheduleTime: Timestamp.nullish(),
      lastSuccessfulTime: Timestamp.nullish(),
    })
    .prefault({}),
});
export type ApiCronJob = z.output<typeof ApiCronJob>;

/** A past template of a StatefulSet or DaemonSet. */
export const ApiControllerRevision = z.object({
  metadata: Metadata,
  revision: z.int(),
  data: z.object({ spec: z.object({ template: PodTemplate.nullish() }).nullish() }).nullish(),
});
export type ApiControllerRevision = z.output<typeof ApiControllerRevision>;
