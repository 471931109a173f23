// The approvals it needs, each a place that somebody has taken or may still take.

import { Badge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { approvalsGiven } from "./standing.ts";
import type { ApprovalCard, Decision } from "../api/contract.ts";

const VERDICTS = {
  approve: { tone: "good", icon: "check", word: "approved" },
  reject: { tone: "danger", icon: "cross", word: "rejected" },
  break_glass: { tone: "warning", icon: "warning", word: "broke the glass" },
} as const;

export function Approvers({ card, isOpen }: { readonly card: ApprovalCard; readonly isOpen: boolean }) {
  const given = approvalsGiven(card);
  const missing = isOpen ? Math.max(0, card.required - given) : 0;
  return (
    <div class="approvers">
      <p>
        <strong>
          {given} of {card.required}
        </strong>{" "}
        {card.required === 1 ? "approval" : "approvals by different people"}
        {card.from.length > 0 && (
          <span class="quiet">
            , with the role <Text value={card.from.join(" or ")} />
          </span>
        )}
      </p>
      <ul>
        {card.decisions.map((decision) => (
          <Given key={`${decision.by} ${decision.at}`} decision={decision} />
        ))}
        {Array.from({ length: missing }, (_, place) => (
          <li key={place} class="approver approver-missing">
            <Icon name="person" /> nobody yet
          </li>
        ))}
      </ul>
    </div>
  );
}

function Given({ decision: { by, verdict, reason, at } }: { readonly decision: Decision }) {
  const { tone, icon, word } = VERDICTS[verdict];
  return (
    <li class="approver">
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>{" "}
      <span class="principal-id">
        <Text value={by} />
      </span>{" "}
      <span class="quiet">
        <When at={at} />
      </span>
      {reason !== undefined && reason !== "" && (
        <blockquote>
          <Text value={reason} />
        </blockquote>
      )}
    </li>
  );
}
