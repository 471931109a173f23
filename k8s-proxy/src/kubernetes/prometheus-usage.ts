// What pods use, where metrics-server does not say: from the kubelets' own figures, as Prometheus has collected them.
import * as z from "zod";
import { err, ok } from "../result.ts";
import { Word } from "./api-text.ts";
import { readList } from "./lists.ts";
import { readPlaces } from "./reachable.ts";

import type { Failure } from "../failure.ts";
import type { QueryData } from "../prometheus/api-answer.ts";
import type { Prometheus } from "../prometheus/client.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Places } from "./reachable.ts";
import type { SelectorQuery } from "./selectors.ts";
import type { ContainerUsage, PodUsage } from "./usage.ts";

const WINDOW_S = 300;
const BY = "sum by (namespace, pod, container)";
/** Of each place, where pods are chosen by their labels: 1,000. */
const MAX_PAGES = 2;

export interface UsageQuestion {
  readonly places: Places;
  readonly selectors: SelectorQuery;
}

export async function prometheusUsage(
  { places, selectors }: UsageQuestion,
  prometheus: Prometheus,
  reading: Reading,
): Promise<Result<readonly PodUsage[], Failure>> {
  const chosen = await chosenPods(places, selectors, reading);
  if (!chosen.ok) return chosen;

  const matchers = `{container!="",container!="POD",${namespaceMatcher(places)}}`;
  const [cpu, memory] = await Promise.all([
    prometheus.query({ query: `${BY} (rate(container_cpu_usage_seconds_total${matchers}[5m]))` }, reading.signal),
    prometheus.query({ query: `${BY} (container_memory_working_set_bytes${matchers})` }, reading.signal),
  ]);
  if (!cpu.ok) return err(cpu.error);
  if (!memory.ok) return err(memory.error);

  if (cpu.value.isCut || memory.value.isCut) reading.warn("Prometheus has more containers than it was asked for.");
  const pods = joined(valuesOf(cpu.value.data), valuesOf(memory.value.data));
  return ok(pods.filter(({ namespace, name }) => chosen.value?.has(`${namespace}/${name}`) ?? true));
}

/** Names of namespaces are labels of RFC 1123: nothing in them means anything to a pattern. */
function namespaceMatcher(places: Places): string {
  const names = places.filter((place) => place !== undefined);
  return names.length === 0 ? 'namespace!=""' : `namespace=~"${names.join("|")}"`;
}

const ChosenPod = z.object({ metadata: z.object({ namespace: Word, name: Word }) });

/** Undefined where all are: Prometheus does not know the labels of pods. */
async function chosenPods(
  places: Places,
  { labelSelector }: SelectorQuery,
  reading: Reading,
): Promise<Result<ReadonlySet<string> | undefined, Failure>> {
  if (labelSelector === undefined) return ok(undefined);
  const read = await readPlaces(
    places,
    (place) => {
      const path = ["api", "v1", ...(place === undefined ? [] : ["namespaces", place]), "pods"];
      return readList({ path, query: { labelSelector }, item: ChosenPod, what: "pods" }, MAX_PAGES, reading);
    },
    reading,
  );
  if (!read.ok) return read;
  if (read.value.some(({ isComplete }) => !isComplete)) reading.warn("Only the first 1000 pods chosen were looked at.");
  return ok(
    new Set(read.value.flatMap(({ items }) => items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))),
  );
}

const Labels = z.object({ namespace: Word, pod: Word, container: Word });

interface Value extends z.output<typeof Labels> {
  readonly value: number;
}

function valuesOf(data: QueryData): readonly Value[] {
  if (data.resultType !== "vector") return [];
  return data.result.flatMap(({ metric, value }) => {
    const labels = Labels.safeParse(metric);
    const number = Number(value?.[1]);
    return labels.success && Number.isFinite(number) ? [{ ...labels.data, value: number }] : [];
  });
}

/** A container too young for a rate has its memory told all the same. */
function joined(cpu: readonly Value[], memory: readonly Value[]): readonly PodUsage[] {
  const cores = new Map(cpu.map((one) => [keyOf(one), one.value]));
  const bytes = new Map(memory.map((one) => [keyOf(one), one.value]));
  const all = new Map([...cpu, ...memory].map((one) => [keyOf(one), one]));
  const pods = new Map<string, { namespace: string; name: string; containers: ContainerUsage[] }>();
  for (const [key, { namespace, pod: name, container }] of all) {
    const pod = pods.get(`${namespace}/${name}`) ?? { namespace, name, containers: [] };
    pod.containers.push({ name: container, cores: cores.get(key) ?? 0, bytes: bytes.get(key) ?? 0 });
    pods.set(`${namespace}/${name}`, pod);
  }
  return [...pods.values()].map((pod) => ({ ...pod, windowS: WINDOW_S }));
}

const keyOf = ({ namespace, pod, container }: Value) => `${namespace}/${pod}/${container}`;
