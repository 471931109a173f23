// Answers which namespaces the caller may look into, with counts of their pods where these can be had.
import { ok } from "../result.ts";
import { ageS } from "./api-text.ts";
import { inParallel } from "./lists.ts";
import { countIn } from "./pod-counts.ts";
import { reachableNamespaces } from "./reachable.ts";

import type { NamespaceSummary, ROUTES } from "../contract/index.ts";
import type { Handles, Reading } from "../reading.ts";
import type { PodCount } from "./pod-counts.ts";
import type { ApiNamespace } from "./reachable.ts";

const MAX_COUNTED = 20;
const COUNTED_AT_ONCE = 4;

export const listNamespaces: Handles<typeof ROUTES.listNamespaces> = async (_asked, reading) => {
  const reachable = await reachableNamespaces(reading);
  if (!reachable.ok) return reachable;
  const { namespaces } = reachable.value;
  const counts = await countsOf(
    namespaces.map(({ metadata }) => metadata.name),
    reading,
  );
  return ok({ namespaces: namespaces.map((one) => summary(one, counts.get(one.metadata.name), reading.now())) });
};

function summary({ metadata, status }: ApiNamespace, count: PodCount | undefined, now: number): NamespaceSummary {
  return {
    name: metadata.name,
    ...(status.phase && { phase: status.phase }),
    ...(metadata.creationTimestamp && { age_s: ageS(metadata.creationTimestamp, now) }),
    ...(count && { pods: count.pods, problems: count.problems }),
  };
}

type Counts = ReadonlyMap<string, PodCount | undefined>;

async function countsOf(names: readonly string[], reading: Reading): Promise<Counts> {
  const counts = reading.reach.isEverything ? await ofCluster(names, reading) : undefined;
  return counts ?? (await oneByOne(names, reading));
}

/** Undefined where the account may not list the pods of the whole cluster: it may still list those of single namespaces. */
async function ofCluster(names: readonly string[], reading: Reading): Promise<Counts | undefined> {
  const read = await reading.podCounts.of(undefined, reading);
  if (!read.ok) return undefined;
  if (read.value.endsAt !== undefined) {
    reading.warn(`There are too many pods to count: from namespace ${read.value.endsAt} on, counts are left out.`);
  }
  return new Map(names.map((name) => [name, countIn(read.value, name)]));
}

async function oneByOne(names: readonly string[], reading: Reading): Promise<Counts> {
  const counted = names.slice(0, MAX_COUNTED);
  const counts = await inParallel(counted, COUNTED_AT_ONCE, async (name) => {
    const read = await reading.podCounts.of(name, reading);
    return [name, read.ok ? countIn(read.value, name) : undefined] as const;
  });
  const unknown = counts.filter(([, count]) => count === undefined).length;
  if (unknown > 0) reading.warn(`The pods of ${unknown} of these namespaces could not be counted.`);
  if (names.length > MAX_COUNTED) reading.warn(`Pods were counted in the first ${MAX_COUNTED} namespaces only.`);
  return new Map(counts);
}
