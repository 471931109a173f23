// The plan: each step in the order it is done, and what is done if one fails.

import { PlanStep } from "./plan-step.tsx";
import type { Plan, PlannedStep } from "../api/contract.ts";

export function PlanSteps({ plan }: { readonly plan: Plan }) {
  // What the dry run could not be asked about yet counts as a change.
  const changing = plan.steps.filter(({ kind, outcome }) => kind === "k8s" && outcome?.changed !== false).length;
  return (
    <section class="block" aria-labelledby="request-plan">
      <h3 id="request-plan">
        Plan{" "}
        <span class="quiet">
          {count(plan.steps.length, "step")},{" "}
          {changing === 0 ? "none changes anything" : `${changing} ${changing === 1 ? "changes" : "change"} something`}
        </span>
      </h3>
      <Steps steps={plan.steps} />
      <div class="on-failure">
        <h4>If a step fails after something was changed</h4>
        {plan.on_failure.length === 0 ? (
          <p class="quiet">Nothing is undone: the run stops where it is.</p>
        ) : (
          <Steps steps={plan.on_failure} />
        )}
      </div>
    </section>
  );
}

function Steps({ steps }: { readonly steps: readonly PlannedStep[] }) {
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <PlanStep key={step.id} step={step} number={index + 1} />
      ))}
    </ol>
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
