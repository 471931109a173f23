// How much a plan touches: every object once, and no pod twice because two steps go at the same thing.

import type { ActionOutcome } from "k8s-proxy/contract";
import type { Plan } from "../ports/plan.ts";

export function affectedBy(outcomes: readonly ActionOutcome[]): Pick<Plan, "objects" | "pods" | "budgets"> {
  const podsOf = new Map<string, number>();
  const allowedBy = new Map<string, number>();
  for (const { object, affects } of outcomes) {
    const name = inWords(object);
    podsOf.set(name, Math.max(podsOf.get(name) ?? 0, affects.pods));
    for (const { name: budget, allowed } of affects.budgets) {
      allowedBy.set(budget, Math.min(allowedBy.get(budget) ?? allowed, allowed));
    }
  }
  return {
    objects: [...podsOf.keys()],
    pods: [...podsOf.values()].reduce((sum, pods) => sum + pods, 0),
    budgets: Array.from(allowedBy, ([name, allowed]) => ({ name, allowed })),
  };
}

function inWords({ kind, namespace, name }: ActionOutcome["object"]): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
