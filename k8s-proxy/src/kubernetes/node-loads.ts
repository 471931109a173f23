// How much of each node its pods ask for: asked node by node where they are few, else in one sweep over the cluster.
import { ok } from "../result.ts";
import { ApiRequests, reserved } from "./api-requests.ts";
import { inParallel, readList } from "./lists.ts";
import { allOf } from "./selectors.ts";

import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Amounts } from "./api-requests.ts";

/** Above, one list of all pods is cheaper than one a node. */
const MAX_NODES_ONE_BY_ONE = 20;
const NODES_AT_ONCE = 4;
/** 5,000 pods: reading more costs the API server and the proxy more than the figure is worth. */
const MAX_PAGES = 10;
/** Pods that have ended reserve nothing. */
const ALIVE = "status.phase!=Succeeded,status.phase!=Failed";

export interface NodeLoad extends Amounts {
  readonly pods: number;
}

/** Undefined, with a warning, where the pods of the whole cluster cannot be read or are too many. */
export async function nodeLoads(
  nodes: readonly string[],
  reading: Reading,
): Promise<ReadonlyMap<string, NodeLoad> | undefined> {
  if (nodes.length === 0) return new Map();
  const pods = nodes.length > MAX_NODES_ONE_BY_ONE ? await podsOfAll(reading) : await podsOfEach(nodes, reading);
  if (!pods.ok) {
    reading.warn(`pods and requests_pct are left out: ${pods.error.message}.`);
    return undefined;
  }
  if (!pods.value.isComplete) {
    reading.warn(
      "pods and requests_pct are left out: there are too many pods; use label_selector for 20 nodes at most.",
    );
    return undefined;
  }
  return new Map(nodes.map((node) => [node, loadOf(pods.value.items.filter(({ spec }) => spec.nodeName === node))]));
}

interface Pods {
  readonly items: readonly ApiRequests[];
  readonly isComplete: boolean;
}

const listing = (fieldSelector: string | undefined) => ({
  path: ["api", "v1", "pods"],
  query: { fieldSelector },
  item: ApiRequests,
  what: "pods",
});

const podsOfAll = (reading: Reading) => readList(listing(ALIVE), MAX_PAGES, reading);

async function podsOfEach(nodes: readonly string[], reading: Reading): Promise<Result<Pods, Failure>> {
  const reads = await inParallel(nodes, NODES_AT_ONCE, (node) =>
    readList(listing(allOf(`spec.nodeName=${node}`, ALIVE)), MAX_PAGES, reading),
  );
  const items: ApiRequests[] = [];
  for (const read of reads) {
    if (!read.ok) return read;
    items.push(...read.value.items);
  }
  return ok({ items, isComplete: reads.every((read) => read.ok && read.value.isComplete) });
}

function loadOf(pods: readonly ApiRequests[]): NodeLoad {
  let load: NodeLoad = { pods: 0, cores: 0, bytes: 0 };
  for (const pod of pods) {
    const { cores, bytes } = reserved(pod);
    load = { pods: load.pods + 1, cores: load.cores + cores, bytes: load.bytes + bytes };
  }
  return load;
}
