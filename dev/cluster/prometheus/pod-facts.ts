// What the stand-in's pods are made of, as far as metrics tell it.
import * as z from "zod";
import { keyOf } from "../api-object.ts";
import { nameOf } from "../objects.ts";
import { amountOf } from "../quantity.ts";
import { RESOURCES } from "../catalogue.ts";

import type { ApiObject } from "../api-object.ts";
import type { Objects } from "../objects.ts";

const Terminated = z.object({
  reason: z.string().default("Error"),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
});

const Pod = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), creationTimestamp: z.string() }),
  spec: z.object({
    containers: z.array(
      z.object({
        name: z.string(),
        resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
      }),
    ),
  }),
  status: z.object({
    phase: z.string(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          restartCount: z.int(),
          state: z.object({
            running: z.object({ startedAt: z.string() }).optional(),
            waiting: z.object({ reason: z.string().optional() }).optional(),
            terminated: Terminated.optional(),
          }),
          lastState: z.object({ terminated: Terminated.optional() }).default({}),
        }),
      )
      .default([]),
  }),
});

const Metrics = z.object({
  containers: z.array(z.object({ name: z.string(), usage: z.object({ cpu: z.string(), memory: z.string() }) })),
});

export interface ContainerFacts {
  readonly name: string;
  readonly restarts: number;
  readonly limitBytes: number | undefined;
  readonly waiting: string | undefined;
  readonly runningSinceMs: number | undefined;
  readonly last: { readonly reason: string; readonly startedMs: number; readonly finishedMs: number } | undefined;
  readonly usage: { readonly cores: number; readonly bytes: number };
}

export interface PodFacts {
  readonly namespace: string;
  readonly pod: string;
  readonly createdMs: number;
  readonly phase: string;
  readonly isReady: boolean;
  readonly containers: readonly ContainerFacts[];
}

export function podFacts(objects: Objects): readonly PodFacts[] {
  const of = (name: string) => RESOURCES.filter((one) => nameOf(one) === name).flatMap((one) => objects.list(one));
  const metrics = new Map(of("metrics.k8s.io/v1beta1/pods").map((one) => [keyOf(one), Metrics.parse(one).containers]));
  return of("v1/pods").map((object) => factsOf(object, metrics.get(keyOf(object)) ?? []));
}

type Measured = z.output<typeof Metrics>["containers"];

function factsOf(object: ApiObject, measured: Measured): PodFacts {
  const { metadata, spec, status } = Pod.parse(object);
  const containers = status.containerStatuses.map(({ name, restartCount, state, lastState }) => {
    const limit = spec.containers.find((one) => one.name === name)?.resources.limits.memory;
    const usage = measured.find((one) => one.name === name)?.usage;
    const ended = lastState.terminated ?? state.terminated;
    return {
      name,
      restarts: restartCount,
      limitBytes: limit === undefined ? undefined : amountOf(limit),
      waiting: state.waiting && (state.waiting.reason ?? "Unknown"),
      runningSinceMs: state.running && Date.parse(state.running.startedAt),
      last: ended && {
        reason: ended.reason,
        startedMs: Date.parse(ended.startedAt ?? "") || 0,
        finishedMs: Date.parse(ended.finishedAt ?? "") || 0,
      },
      usage: { cores: usage ? Number.parseFloat(usage.cpu) / 1e9 : 0, bytes: usage ? amountOf(usage.memory) : 0 },
    };
  });
  return {
    namespace: metadata.namespace,
    pod: metadata.name,
    createdMs: Date.parse(metadata.creationTimestamp),
    phase: status.phase,
    isReady: status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True"),
    containers,
  };
}
