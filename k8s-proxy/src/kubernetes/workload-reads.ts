// Everything around one workload, read side by side; what cannot be read is said and left out.
import { ApiEndpointSlice, ApiService } from "./api-network.ts";
import { ApiPod } from "./api-pod.ts";
import { ApiHpa, ApiPdb } from "./api-scaling.ts";
import { ApiControllerRevision, ApiJob, ApiReplicaSet } from "./api-workload.ts";
import { readEvents } from "./events.ts";
import { selectorText } from "./label-match.ts";
import { PAGE_SIZE, readPage } from "./lists.ts";
import { checkLabelSelector } from "./selectors.ts";

import type * as z from "zod";
import type { WorkloadKind } from "../contract/index.ts";
import type { Reading } from "../reading.ts";
import type { ApiEvent } from "./api-event.ts";
import type { Listing } from "./lists.ts";
import type { WorkloadFacts } from "./workload-facts.ts";

/** 2,000 events of a namespace. */
const MAX_EVENT_PAGES = 4;
/** The newest jobs of a schedule are those that somebody asks about. */
const MAX_JOBS = 10;

export interface Around {
  readonly replicaSets: readonly ApiReplicaSet[];
  readonly controllerRevisions: readonly ApiControllerRevision[];
  /** The newest of a CronJob, that one first. */
  readonly jobs: readonly ApiJob[];
  readonly hpas: readonly ApiHpa[];
  readonly pdbs: readonly ApiPdb[];
  readonly services: readonly ApiService[];
  /** Undefined where they could not be read: that nothing is ready would be a lie. */
  readonly endpointSlices: readonly ApiEndpointSlice[] | undefined;
  readonly pods: readonly ApiPod[] | undefined;
  /** Of the namespace, the newest first. */
  readonly events: readonly ApiEvent[];
}

interface Asked {
  readonly facts: WorkloadFacts;
  readonly namespace: string;
  readonly withEvents: boolean;
}

export async function readAround({ facts, namespace, withEvents }: Asked, reading: Reading): Promise<Around> {
  const { kind } = facts;
  const isServed = kind !== "Job" && kind !== "CronJob";
  const of = <T extends z.ZodType>(group: string, resource: string, item: T) =>
    readSome({ path: [...group.split("/"), "namespaces", namespace, resource], item, what: resource }, reading);
  const only = <T>(isWanted: boolean, read: () => Promise<readonly T[] | undefined>) =>
    isWanted ? read() : Promise.resolve([]);

  const [replicaSets, revisions, jobs, hpas, pdbs, services, endpointSlices, pods, events] = await Promise.all([
    only(kind === "Deployment", () => of("apis/apps/v1", "replicasets", ApiReplicaSet)),
    only(HAS_REVISIONS.includes(kind), () => of("apis/apps/v1", "controllerrevisions", ApiControllerRevision)),
    only(kind === "CronJob", () => of("apis/batch/v1", "jobs", ApiJob)),
    only(isServed, () => of("apis/autoscaling/v2", "horizontalpodautoscalers", ApiHpa)),
    only(isServed, () => of("apis/policy/v1", "poddisruptionbudgets", ApiPdb)),
    only(isServed, () => of("api/v1", "services", ApiService)),
    only(isServed, () => of("apis/discovery.k8s.io/v1", "endpointslices", ApiEndpointSlice)),
    only(kind !== "CronJob", () => readPods(selectorText(facts.selector), namespace, reading)),
    only(withEvents, () => readNamespaceEvents(namespace, reading)),
  ]);

  const own = newestOf(facts, jobs ?? []);
  return {
    replicaSets: replicaSets ?? [],
    controllerRevisions: revisions ?? [],
    jobs: own,
    hpas: hpas ?? [],
    pdbs: pdbs ?? [],
    services: services ?? [],
    endpointSlices,
    pods: own.length > 0 ? await readPods(`job-name in (${own.map(nameOf).join(",")})`, namespace, reading) : pods,
    events: events ?? [],
  };
}

const HAS_REVISIONS: readonly WorkloadKind[] = ["StatefulSet", "DaemonSet"];
const nameOf = ({ metadata }: ApiJob) => metadata.name;

/** The API server has them in the order of their names. */
function newestOf({ metadata, kind }: WorkloadFacts, jobs: readonly ApiJob[]): readonly ApiJob[] {
  if (kind !== "CronJob") return [];
  return jobs
    .filter((job) => job.metadata.ownerReferences.some((owner) => owner.kind === kind && owner.name === metadata.name))
    .toSorted((one, other) => Date.parse(other.metadata.creationTimestamp) - Date.parse(one.metadata.creationTimestamp))
    .slice(0, MAX_JOBS);
}

async function readPods(selector: string | undefined, namespace: string, reading: Reading) {
  const path = ["api", "v1", "namespaces", namespace, "pods"];
  // What the API server let somebody write is not always what we let a caller ask: then no pods are better than all.
  const checked = selector === undefined ? undefined : checkLabelSelector(selector);
  if (!checked?.ok) {
    reading.warn("Its selector is not one that pods can be looked for by.");
    return undefined;
  }
  return readSome({ path, query: { labelSelector: checked.value }, item: ApiPod, what: "pods" }, reading);
}

async function readSome<T extends z.ZodType>(
  listing: Listing<T>,
  reading: Reading,
): Promise<readonly z.output<T>[] | undefined> {
  const page = await readPage(listing, reading);
  if (!page.ok) {
    reading.warn(`Not looked at: ${listing.what} (${page.error.message}).`);
    return undefined;
  }
  if (page.value.next !== undefined) reading.warn(`Only the first ${PAGE_SIZE} ${listing.what} were looked at.`);
  return page.value.items;
}

async function readNamespaceEvents(namespace: string, reading: Reading): Promise<readonly ApiEvent[]> {
  const read = await readEvents({ namespace, maxPages: MAX_EVENT_PAGES }, reading);
  if (!read.ok) {
    reading.warn(`Not looked at: events (${read.error.message}).`);
    return [];
  }
  if (!read.value.isComplete) {
    const words = "events of the namespace, by name, were looked at: newer ones may be missing";
    reading.warn(`Only the first ${MAX_EVENT_PAGES * PAGE_SIZE} ${words}.`);
  }
  return read.value.events;
}
