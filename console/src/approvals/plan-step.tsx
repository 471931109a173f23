// One step: what it does, with which arguments, and what the API server said to it in a dry run.

import { Badge } from "../parts/badge.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { Diff } from "./diff.tsx";
import { Evictions } from "./evictions.tsx";
import type { Outcome, PlannedStep } from "../api/contract.ts";

const KINDS = {
  tool: "reads",
  check: "checks",
  k8s: "changes",
  wait: "waits",
  notify: "tells people",
} as const satisfies Record<PlannedStep["kind"], string>;

export function PlanStep({ step, number }: { readonly step: PlannedStep; readonly number: number }) {
  const { kind, does, outcome, blocker } = step;
  return (
    <li class={`step step-${kind}${blocker === undefined ? "" : " step-blocked"}`}>
      <span class="step-number" aria-hidden="true">
        {number}
      </span>
      <div class="step-body">
        <p class="step-does">
          <span class={`step-kind step-kind-${kind}`}>{KINDS[kind]}</span> <Text value={does} />{" "}
          <Holds holds={step.holds} />
        </p>
        {blocker !== undefined && (
          <Notice tone="danger">
            <p>
              <Text value={blocker} />
            </p>
          </Notice>
        )}
        {outcome && <DryRun outcome={outcome} />}
        <Arguments step={step} />
      </div>
    </li>
  );
}

function Holds({ holds }: { readonly holds: boolean | undefined }) {
  if (holds === undefined) return null;
  return (
    <Badge tone={holds ? "good" : "danger"} icon={holds ? "check" : "cross"}>
      {holds ? "holds now" : "does not hold now"}
    </Badge>
  );
}

function DryRun({ outcome }: { readonly outcome: Outcome }) {
  return (
    <div class="dry-run">
      <p>
        <Text value={outcome.summary} />
      </p>
      {outcome.changed ? (
        <Diff outcome={outcome} />
      ) : (
        <p class="quiet">Everything is as wanted already: nothing changes.</p>
      )}
      {outcome.evictions && <Evictions evictions={outcome.evictions} />}
    </div>
  );
}

function Arguments({ step: { uses, args } }: { readonly step: PlannedStep }) {
  const entries = Object.entries(args);
  if (uses === undefined && entries.length === 0) return null;
  return (
    <details class="step-more">
      <summary>
        {uses === undefined ? (
          "Arguments"
        ) : (
          <code>
            <Text value={uses} />
          </code>
        )}
        {entries.length > 0 && (
          <span class="quiet"> with {entries.length === 1 ? "1 argument" : `${entries.length} arguments`}</span>
        )}
      </summary>
      <dl class="args">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Text value={name} />
            </dt>
            <dd>
              <Text value={String(value)} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
