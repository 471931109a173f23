// What a row is about, in two lines.

import { CopyRows } from "./copy-rows.tsx";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { placeOf, whatOf } from "./words.ts";
import { Principal } from "../parts/principal.tsx";
import { saySpan } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import type { RefObject } from "preact";
import type { AuditRow } from "./api.ts";

export interface EventHeadingProps {
  readonly row: AuditRow;
  readonly titleRef: RefObject<HTMLHeadingElement | null>;
}

export function EventHeading({ row, titleRef }: EventHeadingProps) {
  const { actor, on_behalf_of: principal, ts, duration_ms: tookMs, reason } = row;
  const place = placeOf(row);
  return (
    <header class="event-head">
      <p class="event-marks">
        <OutcomeBadge row={row} />
        {reason !== undefined && (
          <code>
            <Text value={reason} />
          </code>
        )}
        <CopyRows rows={[row]} label="Copy this row" />
      </p>
      <h2 ref={titleRef} tabIndex={-1}>
        <Text value={whatOf(row)} />
        {place !== "" && (
          <span class="quiet">
            {" "}
            on <Text value={place} />
          </span>
        )}
      </h2>
      <p class="event-who">
        <Principal id={actor} />
        {principal !== undefined && (
          <>
            {" "}
            for <Principal id={principal} />
          </>
        )}{" "}
        <span class="quiet">
          at <When at={ts} />
          {tookMs !== undefined && `, took ${saySpan(tookMs)}`}
        </span>
      </p>
    </header>
  );
}
