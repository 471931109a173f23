// The steps of a runbook with where each stands in its file, those of on_failure behind the others.

import { argumentsOf } from "../../src/runbooks/describe.ts";
import type { Runbook, Step } from "../../src/runbooks/runbook.ts";

export interface Placed {
  readonly step: Step;
  readonly path: readonly PropertyKey[];
  readonly isOnFailure: boolean;
}

export function placedSteps({ steps, on_failure }: Runbook): readonly Placed[] {
  return [
    ...steps.map((step, index) => ({ step, path: ["steps", index], isOnFailure: false })),
    ...(on_failure?.steps ?? []).map((step, index) => ({
      step,
      path: ["on_failure", "steps", index],
      isOnFailure: true,
    })),
  ];
}

/** Where the arguments of a step stand, beneath the step. */
export function argumentsPath({ step, path }: Placed): readonly PropertyKey[] {
  if ("k8s" in step) return [...path, "k8s"];
  return "wait" in step ? [...path, "wait", "args"] : [...path, "args"];
}

export function argumentsIn(placed: Placed) {
  const path = argumentsPath(placed);
  return Object.entries(argumentsOf(placed.step)).map(([name, value]) => ({ name, value, path: [...path, name] }));
}
