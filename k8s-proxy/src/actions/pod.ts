// The pod that an action is about, and who would make it anew.
import * as z from "zod";
import { fail } from "../failure.ts";
import { Word } from "../kubernetes/api-text.ts";
import { readObject } from "../kubernetes/lists.ts";
import { ok } from "../result.ts";
import { budgetsOver, readBudgets, shown } from "./budgets.ts";
import { about, asExpected, called, Metadata } from "./metadata.ts";
import { podPath } from "./paths.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Acting, AskedOfAll, Facts, Prepare, Prepared } from "./action.ts";
import type { Budget } from "./budgets.ts";

/** On what a kubelet runs by itself, from a file on its node; the API has an image of it alone. */
const MIRROR = "kubernetes.io/config.mirror";

export const ApiPod = z.object({
  metadata: Metadata.extend({ namespace: z.string() }),
  spec: z.object({ nodeName: Word.nullish() }).prefault({}),
  status: z.object({ phase: Word.default("Unknown") }).prefault({}),
});
export type ApiPod = z.output<typeof ApiPod>;

export interface Pod extends ApiPod {
  readonly kind: "Pod";
  readonly budgets: readonly Budget[];
}

type AskedOfPod = AskedOfAll & { readonly namespace: string; readonly pod: string };
type PreparePod<Asked> = (pod: Pod, asked: Asked, acting: Acting) => Result<Prepared, Failure>;

/** A pod that is going or gone is as it was wanted. Its uid keeps a later one of its name from being taken for it. */
export function ofPod<Asked extends AskedOfPod>(prepare: PreparePod<Asked>): Prepare<Asked> {
  return async (asked, acting) => {
    const { namespace, pod: name, expect } = asked;
    const read = await readObject({ path: podPath({ namespace, name }), item: ApiPod, what: "a pod" }, acting);
    if (!read.ok && read.error.reason === "not_found") return gone(asked);
    if (!read.ok) return read;
    const pod = withoutGeneration(read.value);
    const expected = asExpected(pod, expect);
    if (!expected.ok) return expected;
    if (isMirror(pod))
      return fail("blocked", `${called(pod)} is a static pod: its node's kubelet makes it, from a file there`);

    const budgets = budgetsOver(await readBudgets(namespace, acting), { namespace, labels: pod.metadata.labels });
    if (pod.metadata.deletionTimestamp) return ok({ kind: "settled", facts: going(pod) });
    return prepare({ ...pod, budgets }, asked, acting);
  };
}

/** That of a pod moves by itself: a resize, its deletion. */
function withoutGeneration({ metadata, ...pod }: ApiPod) {
  const { generation: _, ...kept } = metadata;
  return { ...pod, kind: "Pod" as const, metadata: kept };
}

function gone({ namespace, pod: name, expect }: AskedOfPod): Result<Prepared, Failure> {
  if (!expect) {
    return fail("not_found", `There is no pod ${name} in namespace ${namespace}; k8s.list_pods shows those there are`);
  }
  const object = { kind: "Pod", namespace, name, uid: expect.uid };
  const facts = { object, found: { uid: expect.uid }, changed: false, affects: {} };
  return ok({ kind: "settled", facts: { ...facts, summary: `Pod ${namespace}/${name} is gone already.` } });
}

function going(pod: ReturnType<typeof withoutGeneration>): Facts {
  const held =
    pod.metadata.finalizers.length > 0 ? `, held by its finalizers ${pod.metadata.finalizers.join(", ")}` : "";
  return { ...about(pod), changed: false, affects: {}, summary: `${called(pod)} is being deleted already${held}.` };
}

/** What is the same of every way to take a pod away. */
export function takenAway(pod: Pod, does: string): Facts {
  return {
    ...about(pod),
    changed: true,
    summary: `${called(pod)} ${does}; ${successorOf(pod)}.`,
    before: { phase: pod.status.phase, node: pod.spec.nodeName ?? null },
    affects: { pods: 1, budgets: pod.budgets.map(shown) },
  };
}

const ENDED: readonly string[] = ["Succeeded", "Failed"];

export function successorOf({ metadata, status }: Pick<ApiPod, "metadata" | "status">): string {
  if (ENDED.includes(status.phase)) return "it had ended before";
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true);
  return owner ? `${owner.kind} ${owner.name} makes another` : "nothing makes another";
}

export function isMirror({ metadata }: Pick<ApiPod, "metadata">): boolean {
  return metadata.annotations[MIRROR] !== undefined;
}

export function isOfDaemonSet({ metadata }: Pick<ApiPod, "metadata">): boolean {
  return metadata.ownerReferences.some(({ kind, controller }) => kind === "DaemonSet" && controller === true);
}
