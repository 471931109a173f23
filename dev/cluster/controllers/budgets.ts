// What a disruption budget says of itself: how many of its pods are well, and how many of them may go.
import { edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { allowanceOf } from "../disruption-budget.ts";
import { isSame } from "../json.ts";
import { rfc3339 } from "../rfc3339.ts";

import type { Stage } from "./stage.ts";

const BUDGETS = resourceOf("policy/v1", "poddisruptionbudgets");

export function reconcileBudgets(namespace: string, { objects, clock }: Stage): void {
  for (const budget of objects.list(BUDGETS, namespace)) {
    const allowance = allowanceOf(budget, objects);
    const isAllowed = allowance.disruptionsAllowed > 0;
    const status = isAllowed ? "True" : "False";
    const isTurned = fieldOf(budget, "status.conditions.0.status") !== status;
    const condition = {
      type: "DisruptionAllowed",
      status,
      observedGeneration: budget.metadata.generation,
      lastTransitionTime: isTurned ? rfc3339(clock()) : fieldOf(budget, "status.conditions.0.lastTransitionTime"),
      reason: isAllowed ? "SufficientPods" : "InsufficientPods",
      message: "",
    };
    const next = edited(budget, { status: { ...allowance, conditions: [condition] } });
    if (!isSame(next, budget)) objects.put(BUDGETS, next);
  }
}
