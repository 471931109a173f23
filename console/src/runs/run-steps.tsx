// The steps of a run, each with what happened.

import { Badge } from "../parts/badge.tsx";
import { sayTook } from "../parts/moment.ts";
import { Text } from "../parts/text.tsx";
import { useNowMs } from "../parts/when.tsx";
import { NOT_DONE, STEP_LOOKS } from "./words.ts";
import type { RunStep } from "../api/contract.ts";

export interface RunStepsProps {
  readonly steps: readonly RunStep[];
  readonly isOver: boolean;
}

export function RunSteps({ steps, isOver }: RunStepsProps) {
  const main = steps.filter(({ phase }) => phase === "steps");
  const undoing = steps.filter(({ phase, state }) => phase === "on_failure" && state !== "pending");
  return (
    <>
      <Listed steps={main} isOver={isOver} />
      {undoing.length > 0 && (
        <div class="on-failure">
          <h4>Because a step failed</h4>
          <Listed steps={undoing} isOver={isOver} />
        </div>
      )}
    </>
  );
}

function Listed({ steps, isOver }: RunStepsProps) {
  return (
    <ol class="run-steps">
      {steps.map((step) => (
        <Step key={step.id} step={step} isOver={isOver} />
      ))}
    </ol>
  );
}

function Step({ step, isOver }: { readonly step: RunStep; readonly isOver: boolean }) {
  const { tone, icon, word } = isOver && step.state === "pending" ? NOT_DONE : STEP_LOOKS[step.state];
  return (
    <li class={`run-step run-step-${step.state}`}>
      <p class="run-step-head">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <span class="run-step-does">
          <Text value={step.does} />
        </span>
        <Took step={step} />
      </p>
      {step.message !== undefined && (
        <p class="run-step-message">
          <Text value={step.message} />
        </p>
      )}
      {step.output !== undefined && step.output !== null && (
        <details class="step-more">
          <summary>Output</summary>
          <pre>
            <Text value={JSON.stringify(step.output, undefined, 2)} />
          </pre>
        </details>
      )}
    </li>
  );
}

function Took({ step: { started_at: from, ended_at: to, attempts, state } }: { readonly step: RunStep }) {
  const nowMs = useNowMs();
  if (from === undefined || state === "pending") return null;
  const tookMs = (to === undefined ? nowMs : Date.parse(to)) - Date.parse(from);
  return (
    <span class="quiet run-step-took">
      {sayTook(tookMs)}
      {attempts > 1 && `, asked ${attempts} times`}
    </span>
  );
}
