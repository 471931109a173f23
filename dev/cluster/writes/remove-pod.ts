// A pod that is asked to go: at once where nothing runs, else marked, for its kubelet to stop it.
import * as z from "zod";
import { ApiObject, withField } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isList } from "../json.ts";
import { podState } from "../pod-state.ts";
import { rfc3339 } from "../rfc3339.ts";
import { fieldOf } from "../api-object.ts";

import type { WriteWorld } from "./write-request.ts";

const PODS = resourceOf("v1", "pods");
const DEFAULT_GRACE_S = 30;

export interface Removal {
  readonly pod: ApiObject;
  /** As its template says when left out. */
  readonly graceS?: number | undefined;
  /** Added to its conditions: why it goes. */
  readonly because?: object;
  readonly isDryRun: boolean;
}

/** The pod as it is then, or was last. */
export function removePod(removal: Removal, { objects, clock, notice }: WriteWorld): ApiObject {
  const marked = markedPod(removal, clock());
  if (removal.isDryRun || marked === removal.pod) return marked;
  const { finalizers } = podState(marked);
  const isGone = marked.metadata.deletionGracePeriodSeconds === 0 && finalizers.length === 0;
  const kept = isGone ? objects.remove(PODS, marked) : objects.put(PODS, marked);
  notice(PODS, kept);
  return kept;
}

/** To ask a second time changes nothing, unless it is to go sooner. */
function markedPod({ pod, graceS, because }: Removal, nowMs: number): ApiObject {
  const { node, isOver } = podState(pod);
  const wanted = graceS ?? Grace.parse(pod).spec.terminationGracePeriodSeconds;
  const seconds = node === undefined || isOver ? 0 : wanted;
  const { deletionGracePeriodSeconds: before, generation = 1 } = Marks.parse(pod.metadata);
  if (before !== undefined && (graceS === undefined || seconds >= before)) return pod;
  const marked = ApiObject.parse({
    ...pod,
    metadata: {
      ...pod.metadata,
      generation: before === undefined ? generation + 1 : generation,
      deletionTimestamp: rfc3339(nowMs + seconds * 1_000),
      deletionGracePeriodSeconds: seconds,
    },
  });
  const conditions = fieldOf(marked, "status.conditions");
  return because === undefined
    ? marked
    : withField(marked, ["status", "conditions"], [...(isList(conditions) ? conditions : []), because]);
}

const Grace = z.object({ spec: z.object({ terminationGracePeriodSeconds: z.int().default(DEFAULT_GRACE_S) }) });
const Marks = z.object({ deletionGracePeriodSeconds: z.int().optional(), generation: z.int().optional() });
