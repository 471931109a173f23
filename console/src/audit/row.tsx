// One row of the audit log. All of it is one link, to its story.

import { sayMoment } from "../parts/clock.ts";
import { sayTimeInFull } from "../parts/moment.ts";
import { saySpan } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { placeOf, whatOf } from "./words.ts";
import type { AuditRow } from "./api.ts";

export interface RowProps {
  readonly row: AuditRow;
  readonly query: string;
  readonly isOpen: boolean;
  readonly nowMs: number;
}

export function Row({ row, query, isOpen, nowMs }: RowProps) {
  const { id, ts, reason, duration_ms: tookMs } = row;
  return (
    <tr role="row" class={`listing-row${isOpen ? " row-open" : ""}`}>
      <th role="rowheader" scope="row" class="row-time">
        <Link to={{ page: "audit", query, event: { id, at: ts } }} class="listing-link" cardId={id} isCurrent={isOpen}>
          <time dateTime={ts} title={sayTimeInFull(ts)}>
            {sayMoment(ts, nowMs)}
          </time>
          <span class="unseen-words">
            , <Text value={whatOf(row)} />
          </span>
        </Link>
      </th>
      <td role="cell" class="row-actor">
        <Who row={row} />
      </td>
      <td role="cell" class="row-action">
        <Text value={whatOf(row)} />
        {row.count !== undefined && row.count > 1 && <b class="row-times"> ×{row.count}</b>}
      </td>
      <td role="cell" class="row-place">
        <Text value={placeOf(row)} />
      </td>
      <td role="cell" class="row-outcome">
        <OutcomeBadge row={row} />
      </td>
      <td role="cell" class="row-reason">
        {reason !== undefined && <Text value={reason} />}
      </td>
      <td role="cell" class="row-took number">
        {tookMs !== undefined && saySpan(tookMs)}
      </td>
    </tr>
  );
}

function Who({ row: { actor, on_behalf_of: principal } }: Pick<RowProps, "row">) {
  return (
    <>
      <Text value={actor} />
      {principal !== undefined && (
        <span class="quiet">
          {" "}
          for <Text value={principal} />
        </span>
      )}
    </>
  );
}
