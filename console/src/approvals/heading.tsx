// What it is, how risky, and how long it can still be decided.

import { RiskBadge, StateBadge } from "../parts/badge.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { Countdown } from "../parts/when.tsx";
import { isOpenState } from "./standing.ts";
import type { RefObject } from "preact";
import type { ApprovalCard, ApprovalState } from "../api/contract.ts";

export interface HeadingProps {
  readonly card: ApprovalCard;
  readonly state: ApprovalState;
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

export function Heading({ card, state, heading }: HeadingProps) {
  const { runbook, cluster, namespace } = card;
  return (
    <header class="detail-head">
      <p class="detail-marks">
        <RiskBadge risk={runbook.risk} />
        <StateBadge state={state} />
        {isOpenState(state) && <Countdown until={card.expires_at} />}
      </p>
      <h2 id="request-title" tabIndex={-1} ref={heading}>
        <Text value={runbook.title} />
      </h2>
      <p class="detail-what">
        <code>
          <Text value={`${runbook.id}@${runbook.version}`} />
        </code>{" "}
        on cluster{" "}
        <strong>
          <Text value={cluster} />
        </strong>
        {namespace !== undefined && (
          <>
            , namespace{" "}
            <strong>
              <Text value={namespace} />
            </strong>
          </>
        )}
      </p>
      {card.changed_since_last && isOpenState(state) && (
        <Notice tone="warning" title="This runbook has changed since it was last approved">
          <p>Do not rely on having seen it before: read the plan below as if it were new.</p>
        </Notice>
      )}
    </header>
  );
}
