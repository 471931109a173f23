// How much it touches, and what keeps it from running.

import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { Plan } from "../api/contract.ts";

export function BlastRadius({ plan }: { readonly plan: Plan }) {
  return (
    <section class="block" aria-labelledby="request-radius">
      <h3 id="request-radius">What it touches</h3>
      {plan.blockers.length > 0 && <Blockers blockers={plan.blockers} />}
      <div class="radius">
        <Objects objects={plan.objects} />
        <Figure title="Pods affected" value={String(plan.pods)} />
        <Budgets budgets={plan.budgets} />
      </div>
    </section>
  );
}

function Blockers({ blockers }: { readonly blockers: readonly string[] }) {
  return (
    <Notice tone="danger" title="It cannot run as things are, so it cannot be approved">
      <ul>
        {blockers.map((blocker) => (
          <li key={blocker}>
            <Text value={blocker} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Objects({ objects }: { readonly objects: readonly string[] }) {
  if (objects.length === 0) return <Figure title="Objects changed" value="none" />;
  return (
    <div class="radius-part">
      <p class="radius-title">{objects.length === 1 ? "Object changed" : `${objects.length} objects changed`}</p>
      <ul class="radius-list">
        {objects.map((object) => (
          <li key={object}>
            <Text value={object} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Figure({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div class="radius-part">
      <p class="radius-title">{title}</p>
      <p class="radius-value">{value}</p>
    </div>
  );
}

function Budgets({ budgets }: { readonly budgets: Plan["budgets"] }) {
  if (budgets.length === 0) return <Figure title="Disruption budgets" value="none apply" />;
  return (
    <div class="radius-part">
      <p class="radius-title">Disruption budgets</p>
      <ul class="radius-list">
        {budgets.map(({ name, allowed }) => (
          <li key={name}>
            <Text value={name} />{" "}
            <span class={allowed < 1 ? "tight" : "quiet"}>lets {allowed < 1 ? "none" : allowed} go now</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
