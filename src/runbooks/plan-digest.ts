// What an approval is bound to: another digest means that what would be done, or what it would be done to, is another.

import { digestOf } from "./digest.ts";
import type { PlannedStep } from "../ports/plan.ts";
import type { Params } from "./reference.ts";

export interface Material {
  readonly runbook: { readonly digest: string };
  readonly cluster: string;
  readonly params: Params;
  readonly steps: readonly PlannedStep[];
  readonly on_failure: readonly PlannedStep[];
}

/**
 * Material is the runbook's text, the cluster, the parameters, what each action is sent, and the object that it met: its
 * uid, since one of the same name may have taken its place, and its generation, which changes with what was asked of it.
 * Immaterial is what changes by itself while a human thinks: statuses, resource versions, numbers of ready pods, what a
 * dry run says in words, what was read, and whether a check holds. A check that holds no longer is a blocker all the same.
 */
export function planDigest({ runbook, cluster, params, steps, on_failure }: Material): string {
  const material = { runbook: runbook.digest, cluster, params, steps: steps.map(partOf) };
  return digestOf({ ...material, on_failure: on_failure.map(partOf) });
}

function partOf({ id, kind, uses, args, outcome }: PlannedStep): object {
  if (kind !== "k8s") return { id, kind, uses };
  const { uid, generation } = outcome?.found ?? {};
  return { id, kind, uses, args, uid, generation };
}
