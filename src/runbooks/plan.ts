// A runbook against the live cluster, with nothing done: what would happen, to how much, and what is in the way.

import { ok } from "../result.ts";
import { affectedBy } from "./affected.ts";
import { planDigest } from "./plan-digest.ts";
import { planStep, sketched } from "./plan-step.ts";
import type { Target } from "../access/grant.ts";
import type { Plan, PlannedStep } from "../ports/plan.ts";
import type { Result } from "../result.ts";
import type { ToolFailure } from "../tool/failure.ts";
import type { Saved } from "./path.ts";
import type { World } from "./plan-step.ts";
import type { Params } from "./reference.ts";
import type { PublishedRunbook } from "./runbook.ts";

/**
 * Goes through the steps in their order, one at a time. What is in the way is a blocker of the plan and stops nothing: who
 * looks at the plan should see all of it. A failure is what has nothing to do with the cluster's state: ask again later.
 */
export async function preview(
  runbook: PublishedRunbook,
  params: Params,
  world: World,
): Promise<Result<Plan, ToolFailure>> {
  const steps: PlannedStep[] = [];
  const known: Record<string, Saved> = {};
  let isAfterChange = false;
  for (const step of runbook.steps) {
    const planned = await planStep(step, { world, scope: { params, steps: known }, isAfterChange });
    if (!planned.ok) return planned;
    steps.push(planned.value.step);
    if (planned.value.saved) known[step.id] = planned.value.saved;
    isAfterChange ||= "k8s" in step;
  }
  const on_failure = (runbook.on_failure?.steps ?? []).map((step) => sketched(step, { params, steps: known }));

  const { cluster } = world;
  return ok({
    steps,
    on_failure,
    ...affectedBy(steps.flatMap(({ outcome }) => outcome ?? [])),
    // A way back that cannot be gone is no less in the way.
    blockers: [...new Set([...steps, ...on_failure].flatMap(({ blocker }) => blocker ?? []))],
    digest: planDigest({ runbook, cluster, params, steps, on_failure }),
  });
}

/** Where a run acts. The Grant of whoever asks, and of whoever approves, must cover it. */
export function targetOf(runbook: Pick<PublishedRunbook, "parameters">, params: Params, cluster: string): Target {
  const { namespace } = Object.hasOwn(runbook.parameters.properties, "namespace") ? params : {};
  return typeof namespace === "string" ? { cluster, namespace } : { cluster };
}
