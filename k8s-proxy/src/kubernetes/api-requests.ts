// What pods ask for and may use at most: only these fields of a pod are read, for sums over many pods.
import * as z from "zod";
import { Quantities, Word, listOf } from "./api-text.ts";
import { parseQuantity } from "./quantity.ts";

export const Resources = z
  .object({ requests: Quantities, limits: Quantities })
  .nullish()
  .transform((resources) => resources ?? { requests: {}, limits: {} });
export type Resources = z.output<typeof Resources>;

const Container = z.object({ name: Word, restartPolicy: z.string().nullish(), resources: Resources });
type Container = z.output<typeof Container>;

export const ApiRequests = z.object({
  metadata: z.object({ name: Word, namespace: Word.nullish() }),
  spec: z.object({ nodeName: Word.nullish(), containers: listOf(Container), initContainers: listOf(Container) }),
});
export type ApiRequests = z.output<typeof ApiRequests>;

export interface Amounts {
  readonly cores: number;
  readonly bytes: number;
}

/** Those that run beside each other: the ordinary containers and the sidecars. */
export function runningContainers({ spec }: ApiRequests): readonly Container[] {
  return [...spec.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always"), ...spec.containers];
}

/** What the scheduler reserves: the sum of those that run together, or the largest init container where that is more. */
export function reserved(pod: ApiRequests): Amounts {
  const together = runningContainers(pod).map(({ resources }) => amounts(resources.requests));
  const alone = pod.spec.initContainers.map(({ resources }) => amounts(resources.requests));
  return {
    cores: Math.max(sum(together.map(({ cores }) => cores)), ...alone.map(({ cores }) => cores)),
    bytes: Math.max(sum(together.map(({ bytes }) => bytes)), ...alone.map(({ bytes }) => bytes)),
  };
}

export function amounts(quantities: Readonly<Record<string, string>>): Amounts {
  return { cores: parseQuantity(quantities.cpu ?? "") ?? 0, bytes: parseQuantity(quantities.memory ?? "") ?? 0 };
}

export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
