// Why calls were refused, the most frequent reason first.

import { narrowed } from "../filter/filtering.ts";
import { sayCount, sayShare } from "../parts/number.ts";
import { ShareBar } from "../parts/share-bar.tsx";
import { Text } from "../parts/text.tsx";
import { AuditWay } from "./audit-way.tsx";
import { TableBlock } from "./table-block.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

export function Refusals({ rows, filter }: { readonly rows: Usage["refusals"]; readonly filter: AuditFilter }) {
  const all = rows.reduce((total, { count }) => total + count, 0);
  return (
    <TableBlock id="usage-refusals" title="Refusals by reason" isEmpty={rows.length === 0}>
      <table class="table table-cards" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Reason
            </th>
            <th role="columnheader" scope="col" class="number">
              Refusals
            </th>
            <th role="columnheader" scope="col" class="number">
              Share
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ reason, count }) => (
            <tr role="row" key={reason}>
              <th role="rowheader" scope="row" class="usage-name">
                <AuditWay filter={refusedFor(filter, reason)}>
                  <Text value={reason} />
                </AuditWay>
                <ShareBar part={count} whole={all} />
              </th>
              <td role="cell" class="number" data-label="Refusals">
                {sayCount(count)}
              </td>
              <td role="cell" class="number" data-label="Share">
                {sayShare(count, all)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBlock>
  );
}

/** A call that failed may give the same reason. */
function refusedFor(filter: AuditFilter, reason: string): AuditFilter {
  return narrowed(narrowed(filter, "reason", reason), "outcome", "refused");
}
