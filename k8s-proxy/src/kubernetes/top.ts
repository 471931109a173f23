// Answers what pods or nodes use now: from metrics-server, beside what was asked for.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { NodeMetrics, PodMetrics } from "./api-metrics.ts";
import { ApiNode } from "./api-node.ts";
import { ApiRequests, amounts } from "./api-requests.ts";
import { inParallel, readObject, readPage } from "./lists.ts";
import { percent } from "./quantity.ts";
import { prometheusUsage } from "./prometheus-usage.ts";
import { placesToLook, readPlaces } from "./reachable.ts";
import { selectorQuery } from "./selectors.ts";
import { measured, toPodUsage, used } from "./usage.ts";

import type { ROUTES, Usage } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Amounts } from "./api-requests.ts";
import type { Places } from "./reachable.ts";
import type { SelectorQuery } from "./selectors.ts";
import type { PodUsage } from "./usage.ts";

type Top = Handles<typeof ROUTES.top>;
type Asked = Parameters<Top>[0];
type Answer = Awaited<ReturnType<Top>>;

const METRICS = ["apis", "metrics.k8s.io", "v1beta1"];
const MAX_NAMESPACES = 20;
const PODS_AT_ONCE = 6;

export const top: Top = async (asked, reading) => {
  const selectors = selectorQuery({ label: asked.label_selector, resource: asked.target });
  if (!selectors.ok) return selectors;
  if (asked.target === "pods") return topPods(asked, selectors.value, reading);
  if (!reading.reach.coversCluster) {
    return fail(
      "namespace_not_allowed",
      "Nodes belong to no namespace: target nodes needs a grant for the whole cluster, and no namespace. Ask for target pods",
    );
  }
  return topNodes(asked, selectors.value, reading);
};

async function topPods(asked: Asked, query: SelectorQuery, reading: Reading): Promise<Answer> {
  const places = await placesToLook(asked.namespace, MAX_NAMESPACES, reading);
  if (!places.ok) return places;
  const read = await measuredEverywhere(places.value, query, reading);
  if (!read.ok) return read;

  const { all, source } = read.value;
  const most = largestFirst(all, used, asked);
  const specs = await inParallel(most, PODS_AT_ONCE, (pod) => specOf(pod, reading));
  if (most.length > 0 && specs.every((spec) => spec === undefined)) {
    reading.warn("Shares of requests and limits are left out: the pods themselves could not be read.");
  }
  const usage = most.map((pod, index) => toPodUsage(pod, specs[index]));
  return ok({ usage, total: all.length, source });
}

interface Measured {
  readonly all: readonly PodUsage[];
  readonly source: "metrics-server" | "prometheus";
}

/** Prometheus is asked only where metrics-server has no answer: its figures are older, and cost more. */
async function measuredEverywhere(
  places: Places,
  query: SelectorQuery,
  reading: Reading,
): Promise<Result<Measured, Failure>> {
  const read = await readPlaces(places, (place) => measuredPods(place, query, reading), reading);
  if (read.ok) return ok({ all: read.value.flat(), source: "metrics-server" });

  const { prometheus } = reading;
  const hasNone = read.error.reason === "not_offered" || read.error.reason === "cluster_unavailable";
  if (!hasNone || prometheus === undefined) return read;
  const collected = await prometheusUsage({ places, selectors: query }, prometheus, reading);
  if (!collected.ok) return read;
  reading.warn(`${read.error.message}. These figures are Prometheus': CPU is a mean of five minutes.`);
  return ok({ all: collected.value, source: "prometheus" });
}

async function measuredPods(
  namespace: string | undefined,
  query: SelectorQuery,
  reading: Reading,
): Promise<Result<readonly PodUsage[], Failure>> {
  const path = [...METRICS, ...(namespace === undefined ? [] : ["namespaces", namespace]), "pods"];
  const page = await readPage({ path, query: { ...query }, item: PodMetrics, what: "pod metrics" }, reading);
  if (!page.ok) return { ok: false, error: explain(page.error) };
  return ok(
    page.value.items.map(({ metadata, window, containers }) => ({
      ...metadata,
      windowS: window,
      containers: containers.map(({ name, usage }) => ({ name, ...amounts(usage) })),
    })),
  );
}

async function specOf({ namespace, name }: PodUsage, reading: Reading): Promise<ApiRequests | undefined> {
  const path = ["api", "v1", "namespaces", namespace, "pods", name];
  const pod = await readObject({ path, item: ApiRequests, what: "a pod" }, reading);
  return pod.ok ? pod.value : undefined;
}

async function topNodes(asked: Asked, query: SelectorQuery, reading: Reading): Promise<Answer> {
  const listing = { query: { ...query }, what: "node metrics" };
  const page = await readPage({ ...listing, path: [...METRICS, "nodes"], item: NodeMetrics }, reading);
  if (!page.ok) return { ok: false, error: explain(page.error) };
  const nodes = await readPage({ ...listing, path: ["api", "v1", "nodes"], item: ApiNode, what: "nodes" }, reading);
  if (!nodes.ok) reading.warn(`Shares of what can be allocated are left out: ${nodes.error.message}.`);

  const allocatable = new Map(
    (nodes.ok ? nodes.value.items : []).map(({ metadata, status }) => [metadata.name, amounts(status.allocatable)]),
  );
  const most = largestFirst(page.value.items, ({ usage }) => amounts(usage), asked);
  const usage = most.map((node) => toNodeUsage(node, allocatable.get(node.metadata.name)));
  return ok({ usage, total: page.value.items.length, source: "metrics-server" as const });
}

function toNodeUsage({ metadata, usage, window }: NodeMetrics, allocatable: Amounts | undefined): Usage {
  const now = amounts(usage);
  const cpu = percent(now.cores, allocatable?.cores);
  const memory = percent(now.bytes, allocatable?.bytes);
  return {
    name: metadata.name,
    ...measured(now),
    ...(cpu !== undefined && { cpu_pct: cpu }),
    ...(memory !== undefined && { mem_pct: memory }),
    ...(window !== undefined && { window_s: window }),
  };
}

function largestFirst<T>(items: readonly T[], amountsOf: (item: T) => Amounts, { sort, limit }: Asked): readonly T[] {
  const size = (item: T) => (sort === "cpu" ? amountsOf(item).cores : amountsOf(item).bytes);
  return items.toSorted((one, other) => size(other) - size(one)).slice(0, limit);
}

/** The API server answers for metrics-server: 404 when nobody installed it, 503 when it is installed and down. */
function explain(failure: Failure): Failure {
  if (failure.reason === "not_found") {
    return {
      ...failure,
      reason: "not_offered",
      message: "This cluster has no metrics-server: what pods use is not known to it",
    };
  }
  if (failure.reason !== "cluster_unavailable") return failure;
  return {
    ...failure,
    message: "The metrics API does not answer: metrics-server is installed but down. Try again later",
  };
}
