// What one pod's own reading takes from it beyond the list's: specification and states, made safe as they are parsed.
import * as z from "zod";
import { safe } from "../safe.ts";
import { ApiPod, ContainerSpec, ContainerStatus } from "./api-pod.ts";
import { Resources } from "./api-requests.ts";
import { Image, LongMessage, Reason, Timestamp, Word, listOf, mapOf } from "./api-text.ts";

const Text = z.string().transform((text) => safe(text, 256));
const Port = z.union([z.int(), Word]);
const Named = z.object({ name: Word.nullish() }).nullish();

const Probe = z
  .object({
    // Neither headers nor arguments are read: both carry passwords in practice.
    httpGet: z.object({ path: Text.nullish(), port: Port, scheme: Word.nullish() }).nullish(),
    tcpSocket: z.object({ port: Port }).nullish(),
    grpc: z.object({ port: z.int() }).nullish(),
    exec: z.object({ command: listOf(z.string()) }).nullish(),
    initialDelaySeconds: z.int().nullish(),
    periodSeconds: z.int().nullish(),
    timeoutSeconds: z.int().nullish(),
    failureThreshold: z.int().nullish(),
  })
  .nullish();
export type Probe = z.output<typeof Probe>;

export const DetailedSpec = ContainerSpec.extend({
  image: Image.default(""),
  // The value of a variable is not read at all, so nothing after this line can show it.
  env: listOf(z.object({ name: Text })),
  envFrom: listOf(z.object({ configMapRef: Named, secretRef: Named })),
  ports: listOf(z.object({ name: Word.nullish(), containerPort: z.int(), protocol: Word.nullish() })),
  volumeMounts: listOf(z.object({ name: Word, mountPath: Text, readOnly: z.boolean().nullish() })),
  resources: Resources,
  startupProbe: Probe,
  readinessProbe: Probe,
  livenessProbe: Probe,
});
export type DetailedSpec = z.output<typeof DetailedSpec>;

const State = z
  .object({
    waiting: z.object({ reason: Reason, message: LongMessage }).nullish(),
    running: z.object({ startedAt: Timestamp.nullish() }).nullish(),
    terminated: z
      .object({
        exitCode: z.int(),
        signal: z.int().nullish(),
        reason: Reason,
        message: LongMessage,
        startedAt: Timestamp.nullish(),
        finishedAt: Timestamp.nullish(),
      })
      .nullish(),
  })
  .default({});
export type DetailedState = z.output<typeof State>;

const Status = ContainerStatus.extend({ state: State, lastState: State });
export type DetailedStatus = z.output<typeof Status>;

const Condition = z.object({
  type: Word,
  status: Word,
  reason: Reason,
  message: LongMessage,
  lastTransitionTime: Timestamp.nullish(),
});

const Toleration = z.object({
  key: Word.nullish(),
  operator: Word.nullish(),
  value: Word.nullish(),
  effect: Word.nullish(),
  tolerationSeconds: z.int().nullish(),
});
export type Toleration = z.output<typeof Toleration>;

/** A volume has its name and one more field, which says the kind and, inside, the source's name. */
const Volume = z.object({ name: Word }).catchall(z.unknown());
export type Volume = z.output<typeof Volume>;

export const ApiPodDetail = z.object({
  metadata: ApiPod.shape.metadata.extend({
    uid: z.string().regex(/^[0-9a-f-]{36}$/),
    labels: mapOf(Text),
    annotations: mapOf(z.string()),
  }),
  spec: ApiPod.shape.spec.extend({
    containers: z.array(DetailedSpec),
    initContainers: listOf(DetailedSpec),
    serviceAccountName: Word.nullish(),
    priorityClassName: Reason,
    restartPolicy: Word.nullish(),
    hostNetwork: z.boolean().nullish(),
    nodeSelector: mapOf(Text),
    tolerations: listOf(Toleration),
    volumes: listOf(Volume),
  }),
  status: ApiPod.shape.status.extend({
    qosClass: Reason,
    conditions: listOf(Condition),
    containerStatuses: listOf(Status),
    initContainerStatuses: listOf(Status),
  }),
});
export type ApiPodDetail = z.output<typeof ApiPodDetail>;
