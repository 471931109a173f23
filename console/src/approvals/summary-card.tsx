// One request in the list: enough to choose which to open, and not enough to decide by.

import { Badge, RiskBadge, StateBadge } from "../parts/badge.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, Countdown } from "../parts/when.tsx";
import { Link } from "../router/link.tsx";
import { approvalsGiven, isOpenState } from "./standing.ts";
import type { ApprovalCard } from "../api/contract.ts";
import type { Route } from "../router/route.ts";

export function SummaryCard({ card, isOpen }: { readonly card: ApprovalCard; readonly isOpen: boolean }) {
  const { id, runbook, cluster, requester } = card;
  const to: Route = { page: "approvals", tab: isOpenState(card.state) ? "open" : "ended", id };
  return (
    <Link to={to} class={`card${isOpen ? " card-open" : ""}`} cardId={id} isCurrent={isOpen}>
      <span class="card-top">
        <RiskBadge risk={runbook.risk} />
        {isOpenState(card.state) ? <Countdown until={card.expires_at} /> : <StateBadge state={card.state} />}
      </span>
      <span class="card-title">
        <Text value={runbook.title} />
      </span>
      <span class="card-target">
        <Text value={targetOf(card)} />
      </span>
      <span class="card-where">
        <code>
          <Text value={`${runbook.id}@${runbook.version}`} />
        </code>
        <span>
          on <Text value={cluster} />
        </span>
      </span>
      <span class="card-who">
        <Text value={requester.on_behalf_of ?? requester.id} />
        {!isOpenState(card.state) && card.ended_at !== undefined && <Ago at={card.ended_at} />}
      </span>
      <Marks card={card} />
    </Link>
  );
}

/** What tells two requests of one runbook apart. */
function targetOf({ plan: { objects }, namespace }: ApprovalCard): string {
  const [first, ...more] = objects;
  if (first === undefined) return namespace === undefined ? "changes nothing" : `namespace ${namespace}`;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

function Marks({ card }: { readonly card: ApprovalCard }) {
  const { required, plan, mine, state } = card;
  if (state !== "requested") return null;
  const given = approvalsGiven(card);
  const marks = [
    required > 1 && { key: "given", tone: "plain" as const, words: `${given} of ${required} approvals` },
    plan.blockers.length > 0 && { key: "blocked", tone: "danger" as const, words: "blocked" },
    card.changed_since_last && { key: "changed", tone: "warning" as const, words: "changed" },
    !mine.may_decide && { key: "other", tone: "plain" as const, words: "not yours to decide" },
  ].filter((mark) => mark !== false);
  if (marks.length === 0) return null;
  return (
    <span class="card-marks">
      {marks.map(({ key, tone, words }) => (
        <Badge key={key} tone={tone}>
          {words}
        </Badge>
      ))}
    </span>
  );
}
