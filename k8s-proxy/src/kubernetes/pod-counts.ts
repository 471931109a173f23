// How many pods a namespace has and how many are in trouble, remembered for half a minute: agents ask again and again.
import { err, ok } from "../result.ts";
import { ApiPod } from "./api-pod.ts";
import { readList } from "./lists.ts";
import { podProblem } from "./pod-problem.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Asking } from "./lists.ts";

const MAX_AGE_MS = 30_000;
/** 5,000 pods of the whole cluster, or 1,000 of one namespace. */
const MAX_PAGES_OF_CLUSTER = 10;
const MAX_PAGES_OF_NAMESPACE = 2;

export interface PodCount {
  readonly pods: number;
  readonly problems: number;
}

export interface CountsRead {
  readonly byNamespace: ReadonlyMap<string, PodCount>;
  /** Where the ceiling was reached: of this namespace and of those behind it nothing is known. */
  readonly endsAt: string | undefined;
}

export interface PodCounts {
  /** Of one namespace, or of all in the cluster. Failures are not remembered. */
  of(
    namespace: string | undefined,
    reading: Asking & { readonly now: () => number },
  ): Promise<Result<CountsRead, Failure>>;
}

interface Remembered {
  readonly atMs: number;
  readonly counts: CountsRead;
}

/** One for each proxy: what it remembers is the same for all callers, who see only the namespaces within their reach. */
export function podCounts(): PodCounts {
  const remembered = new Map<string, Remembered>();

  return {
    async of(namespace, reading) {
      const now = reading.now();
      for (const [key, { atMs }] of remembered) if (now - atMs >= MAX_AGE_MS) remembered.delete(key);
      // A star is no namespace's name.
      const key = namespace ?? "*";
      const known = remembered.get(key);
      if (known) return ok(known.counts);

      const counts = await count(namespace, reading);
      if (counts.ok) remembered.set(key, { atMs: now, counts: counts.value });
      return counts;
    },
  };
}

async function count(
  namespace: string | undefined,
  reading: Asking & { readonly now: () => number },
): Promise<Result<CountsRead, Failure>> {
  const path = ["api", "v1", ...(namespace === undefined ? [] : ["namespaces", namespace]), "pods"];
  const maxPages = namespace === undefined ? MAX_PAGES_OF_CLUSTER : MAX_PAGES_OF_NAMESPACE;
  const list = await readList({ path, item: ApiPod, what: "pods" }, maxPages, reading);
  if (!list.ok) return err(list.error);

  const now = reading.now();
  const byNamespace = new Map<string, PodCount>(namespace === undefined ? [] : [[namespace, { pods: 0, problems: 0 }]]);
  let last: string | undefined;
  for (const pod of list.value.items) {
    last = pod.metadata.namespace ?? namespace ?? "";
    const { pods, problems } = byNamespace.get(last) ?? { pods: 0, problems: 0 };
    byNamespace.set(last, { pods: pods + 1, problems: problems + (podProblem(pod, now) ? 1 : 0) });
  }
  return ok({ byNamespace, endsAt: list.value.isComplete ? undefined : last });
}

/** Undefined where the list ended before this namespace did; zero where it has none. */
export function countIn({ byNamespace, endsAt }: CountsRead, namespace: string): PodCount | undefined {
  // The API server's order is that of `namespace/name`, byte by byte.
  if (endsAt !== undefined && `${namespace}/` >= `${endsAt}/`) return undefined;
  return byNamespace.get(namespace) ?? { pods: 0, problems: 0 };
}
