// Pods as kubectl shows them, and only when what it shows has changed: a pod is written to far more often than that.
import { fail } from "../failure.ts";
import { ApiPod } from "../kubernetes/api-pod.ts";
import { PAGE_SIZE, pagesOf } from "../kubernetes/lists.ts";
import { podProblem } from "../kubernetes/pod-problem.ts";
import { podStatus } from "../kubernetes/pod-status.ts";
import { ok } from "../result.ts";

import type { PodChange } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Feed, FeedOptions } from "./feed.ts";

export const MAX_WATCHED_PODS = 5_000;

type Shown = Omit<PodChange, "kind" | "change">;

export function podFeed(options: FeedOptions): Feed {
  const { namespace, pending } = options;
  const path = ["api", "v1", "namespaces", namespace, "pods"];
  /** By name, what was shown of each last: a few words, whatever the pod's own size. */
  let known: Map<string, Shown> | undefined;

  const tell = (change: PodChange["change"], shown: Shown) =>
    pending.add(`Pod/${shown.name}`, { kind: "Pod", ...shown, change });
  const tellDifference = (before: Shown | undefined, shown: Shown) => {
    if (before === undefined) tell("added", shown);
    else if (keyOf(before) !== keyOf(shown)) tell("modified", shown);
  };

  return {
    path,
    async read() {
      const list = await readPods(path, options);
      if (!list.ok) return list;
      const { pods, version } = list.value;
      if (known) {
        pending.resynced();
        for (const [name, shown] of known) if (!pods.has(name)) tell("deleted", shown);
        for (const [name, shown] of pods) tellDifference(known.get(name), shown);
      }
      known = new Map(Array.from(pods, ([name, shown]) => [name, withoutMessage(shown)]));
      return ok(version);
    },
    take(happened, object) {
      const parsed = ApiPod.safeParse(object);
      if (!parsed.success) return false;
      const shown = show(parsed.data, options.now());
      known ??= new Map();
      const before = known.get(shown.name);
      if (happened === "DELETED") {
        known.delete(shown.name);
        tell("deleted", shown);
        return true;
      }
      known.set(shown.name, withoutMessage(shown));
      if (known.size > MAX_WATCHED_PODS) pending.end("too_many_changes");
      tellDifference(before, shown);
      return true;
    },
  };
}

interface PodsRead {
  readonly pods: ReadonlyMap<string, Shown>;
  readonly version: string;
}

async function readPods(path: readonly string[], { asking, now }: FeedOptions): Promise<Result<PodsRead, Failure>> {
  const pods = new Map<string, Shown>();
  let version: string | undefined;
  const pages = pagesOf({ path, item: ApiPod, what: "pods" }, { most: MAX_WATCHED_PODS / PAGE_SIZE }, asking);
  for await (const page of pages) {
    if (!page.ok) return page;
    for (const pod of page.value.items) pods.set(pod.metadata.name, show(pod, now()));
    version ??= page.value.version;
    if (page.value.next !== undefined && pods.size >= MAX_WATCHED_PODS) {
      return fail("too_much", `The namespace has more than ${MAX_WATCHED_PODS} pods, which is too many to watch`);
    }
  }
  return version === undefined
    ? fail("cluster_unavailable", "The cluster's list of pods has no version")
    : ok({ pods, version });
}

function show(pod: ApiPod, now: number): Shown {
  const { status, ready, restarts } = podStatus(pod);
  const problem = podProblem(pod, now);
  return { name: pod.metadata.name, status, ready, restarts, ...(problem && { problem }) };
}

/** Messages count seconds and attempts: a pod whose message alone is another has not changed. */
function keyOf({ status, ready, restarts, problem }: Shown): string {
  return JSON.stringify([status, ready, restarts, problem?.reason, problem?.container, problem?.exit_code]);
}

function withoutMessage({ problem, ...shown }: Shown): Shown {
  if (!problem) return shown;
  const { message: _, ...rest } = problem;
  return { ...shown, problem: rest };
}
