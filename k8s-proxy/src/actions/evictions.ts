// The pods of a node, one by one: which of them stay, and what became of the eviction of each of the others.
import { inParallel } from "../kubernetes/lists.ts";
import { err, ok } from "../result.ts";
import { budgetsOver } from "./budgets.ts";
import { overruled } from "./evict.ts";
import { isMirror, isOfDaemonSet, successorOf } from "./pod.ts";
import { isLost } from "./write-failure.ts";

import type * as z from "zod";
import type { Evicted } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Acting } from "./action.ts";
import type { Budget } from "./budgets.ts";
import type { PodName } from "./paths.ts";
import type { ApiPod } from "./pod.ts";

type Eviction = z.output<ReturnType<typeof Evicted>>;

const AT_A_TIME = 4;
/** Whoever asked waits for the round: what it does not come to is left for the next. */
const ROUND_MS = 20_000;

interface Sorted {
  /** This process's own pod last: whoever evicts must not be gone before the others. */
  readonly leaving: readonly ApiPod[];
  readonly skipped: Eviction[];
}

export function sortOut(pods: readonly ApiPod[], ownPod: PodName | undefined): Sorted {
  const judged = pods.map((pod) => ({ pod, stays: reasonToStay(pod) }));
  const isOwn = ({ metadata }: ApiPod) => metadata.name === ownPod?.name && metadata.namespace === ownPod.namespace;
  return {
    leaving: judged
      .flatMap(({ pod, stays }) => (stays === undefined ? [pod] : []))
      .toSorted((one, other) => Number(isOwn(one)) - Number(isOwn(other))),
    skipped: judged.flatMap(({ pod, stays }) => (stays === undefined ? [] : [eviction(pod, "skipped", stays)])),
  };
}

function reasonToStay(pod: ApiPod): string | undefined {
  if (isMirror(pod)) return "a static pod of the node";
  if (isOfDaemonSet(pod)) return "its DaemonSet would put it back";
  return pod.metadata.deletionTimestamp ? "it is being deleted already" : undefined;
}

interface Round {
  readonly budgets: readonly Budget[];
  readonly isDryRun: boolean;
}

/** A failure where an answer was lost, or where the account may not evict at all. */
export async function evictAll(
  leaving: readonly ApiPod[],
  round: Round,
  acting: Acting,
): Promise<Result<readonly Eviction[], Failure>> {
  const endsAt = acting.now() + ROUND_MS;
  const [last, ...others] = leaving.toReversed();
  const evict = (pod: ApiPod) =>
    acting.now() < endsAt
      ? evictOne(pod, round, acting)
      : Promise.resolve(ok(eviction(pod, "blocked", "this round ended before it")));
  const done = await inParallel(others.toReversed(), AT_A_TIME, evict);
  const results = [...done, ...(last ? [await evict(last)] : [])];

  const failures = results.flatMap((one) => (one.ok ? [] : [one.error]));
  const lost = failures.find(isLost);
  if (lost) return err(lost);
  const evictions = results.map((one, index) => told(one, leaving[index]));
  const isForbidden = failures.length === results.length;
  return isForbidden && failures[0] ? err(failures[0]) : ok(evictions.flat());
}

async function evictOne(pod: ApiPod, { budgets, isDryRun }: Round, acting: Acting): Promise<Result<Eviction, Failure>> {
  const blocked = overruled({ budgets: budgetsOver(budgets, pod.metadata) });
  if (blocked !== undefined) return ok(eviction(pod, "blocked", blocked));
  const written = await acting.writes.evict(pod.metadata, { ...pod.metadata, isDryRun });
  if (written.ok) return ok(eviction(pod, "evicted", successorOf(pod)));
  switch (written.error.reason) {
    case "blocked":
    case "cluster_busy":
      return ok(eviction(pod, "blocked", written.error.message));
    case "not_found":
    case "conflict":
      return ok(eviction(pod, "skipped", "it is gone by now"));
    default:
      return written;
  }
}

function told(result: Result<Eviction, Failure>, pod: ApiPod | undefined): Eviction[] {
  if (result.ok) return [result.value];
  return pod ? [eviction(pod, "blocked", result.error.message)] : [];
}

function eviction({ metadata: { namespace, name } }: ApiPod, result: Eviction["result"], reason: string): Eviction {
  return { namespace, name, result, reason };
}
