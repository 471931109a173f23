// One request, whole: who wants what, what it would do, and where it stands.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Icon } from "../parts/icon.tsx";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { Link } from "../router/link.tsx";
import { RunPanel } from "../runs/run-panel.tsx";
import { useDerived, useWatched } from "../state/use-watched.ts";
import { BlastRadius } from "./blast-radius.tsx";
import { DecisionPanel } from "./decision-panel.tsx";
import { Heading } from "./heading.tsx";
import { History } from "./history.tsx";
import { PlanSteps } from "./plan-steps.tsx";
import { Requested } from "./requested.tsx";
import { stateAt } from "./standing.ts";
import { StickyBar } from "./sticky-bar.tsx";
import { useExpiryWords } from "./expiry-words.ts";
import type { ApprovalCard } from "../api/contract.ts";
import type { ApprovalsTab } from "../router/route.ts";

export function ApprovalDetail({ id, tab }: { readonly id: string; readonly tab: ApprovalsTab }) {
  const { card: cardOf } = useConsole();
  const resource = cardOf(id);
  const shown = useWatched(resource);
  useEffect(() => void resource.refresh(), [resource]);
  return (
    <>
      <h1 class="unseen-words only-alone">Approvals</h1>
      <Link to={{ page: "approvals", tab }} class="back">
        <Icon name="back" /> All requests
      </Link>
      {shown.is === "loading" && <Loading what="the request" rows={6} />}
      {shown.is === "failed" && (
        <Failed what="The request" problem={shown.problem} onRetry={() => void resource.refresh()} />
      )}
      {shown.is === "ready" && shown.problem && (
        <Outdated problem={shown.problem} onRetry={() => void resource.refresh()} />
      )}
      {shown.is === "ready" && <Whole card={shown.value} />}
    </>
  );
}

function Whole({ card }: { readonly card: ApprovalCard }) {
  const { clock } = useConsole();
  const heading = useRef<HTMLHeadingElement>(null);
  /** What the person has looked at: they decide on this, whatever arrives meanwhile. */
  const [seen, setSeen] = useState(card);
  const state = useDerived(clock.second, (second) => stateAt(card, second * 1_000));
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useExpiryWords(card);
  return (
    <article class="detail" aria-labelledby="request-title">
      <Heading card={card} state={state} heading={heading} />
      <div class="detail-columns">
        <div class="detail-main">
          {card.run_id !== undefined && <RunPanel id={card.run_id} />}
          <Requested card={card} />
          <BlastRadius plan={card.plan} />
          <PlanSteps plan={card.plan} />
        </div>
        <aside class="detail-side" aria-label="Decision">
          <History card={card} />
          <DecisionPanel card={card} state={state} seen={seen} onSeen={setSeen} />
        </aside>
      </div>
      {state === "requested" && <StickyBar card={card} />}
    </article>
  );
}
