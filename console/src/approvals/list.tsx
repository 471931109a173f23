// All requests, those that expire soonest first.

import { Empty, Failed, Loading, Outdated } from "../parts/state.tsx";
import { Link } from "../router/link.tsx";
import { SummaryCard } from "./summary-card.tsx";
import type { ApprovalCard, ApprovalList as Answer } from "../api/contract.ts";
import type { ApprovalsTab } from "../router/route.ts";
import type { Loaded } from "../state/resource.ts";

export interface ApprovalListProps {
  readonly tab: ApprovalsTab;
  readonly shown: Loaded<Answer>;
  readonly openId: string | undefined;
  readonly onRetry: () => void;
}

export function ApprovalList(props: ApprovalListProps) {
  const { tab } = props;
  return (
    <>
      <nav class="tabs" aria-label="Which requests">
        <Link to={{ page: "approvals", tab: "open" }} isCurrent={tab === "open"}>
          Open
        </Link>
        <Link to={{ page: "approvals", tab: "ended" }} isCurrent={tab === "ended"}>
          Ended
        </Link>
      </nav>
      <Listed {...props} />
    </>
  );
}

function Listed({ tab, shown, openId, onRetry }: ApprovalListProps) {
  if (shown.is === "loading") return <Loading what="requests" rows={4} />;
  if (shown.is === "failed") return <Failed what="The requests" problem={shown.problem} onRetry={onRetry} />;
  const { approvals } = shown.value;
  return (
    <>
      {shown.problem && <Outdated problem={shown.problem} onRetry={onRetry} />}
      {tab === "open" ? (
        <Open approvals={approvals} openId={openId} />
      ) : (
        <Ended approvals={approvals} openId={openId} />
      )}
    </>
  );
}

interface Cards {
  readonly approvals: readonly ApprovalCard[];
  readonly openId: string | undefined;
}

function Open({ approvals, openId }: Cards) {
  const waiting = approvals.filter(({ state }) => state === "requested").toSorted(soonestFirst);
  const approved = approvals.filter(({ state }) => state !== "requested").toSorted(soonestFirst);
  return (
    <>
      {waiting.length === 0 ? (
        <Empty title="Nothing waits for a decision">
          <p>When an agent asks to run a runbook, its request appears here by itself.</p>
        </Empty>
      ) : (
        <Group title="Waiting for a decision" approvals={waiting} openId={openId} />
      )}
      {approved.length > 0 && <Group title="Approved, not started yet" approvals={approved} openId={openId} />}
    </>
  );
}

function Ended({ approvals, openId }: Cards) {
  if (approvals.length > 0) return <Group title="Newest first" approvals={approvals} openId={openId} />;
  return (
    <Empty title="No request has ended yet">
      <p>Those that were decided, withdrawn or left to expire are kept here.</p>
    </Empty>
  );
}

function Group({ title, approvals, openId }: Cards & { readonly title: string }) {
  return (
    <div class="group">
      <h2>
        {title} <span class="group-count">{approvals.length}</span>
      </h2>
      <ul class="cards">
        {approvals.map((card) => (
          <li key={card.id}>
            <SummaryCard card={card} isOpen={card.id === openId} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function soonestFirst(a: ApprovalCard, b: ApprovalCard): number {
  return Date.parse(a.expires_at) - Date.parse(b.expires_at);
}
