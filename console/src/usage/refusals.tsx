// Why calls were refused, the most frequent reason first.

import { narrowed } from "../filter/filtering.ts";
import { sayCount, sayShare } from "../parts/number.ts";
import { ShareBar } from "../parts/share-bar.tsx";
import { TableBlock, TableLine } from "./table-block.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

const HEADS = [["Reason"], ["Refusals", "number"], ["Share", "number"]] as const;

export function Refusals({ rows, filter }: { readonly rows: Usage["refusals"]; readonly filter: AuditFilter }) {
  const all = rows.reduce((total, { count }) => total + count, 0);
  return (
    <TableBlock id="usage-refusals" title="Refusals by reason" heads={HEADS} isEmpty={rows.length === 0}>
      {rows.map(({ reason, count }) => (
        <TableLine
          key={reason}
          name={reason}
          filter={refusedFor(filter, reason)}
          bar={<ShareBar part={count} whole={all} />}
        >
          <td role="cell" class="number" data-label="Refusals">
            {sayCount(count)}
          </td>
          <td role="cell" class="number" data-label="Share">
            {sayShare(count, all)}
          </td>
        </TableLine>
      ))}
    </TableBlock>
  );
}

/** A call that failed may give the same reason. */
function refusedFor(filter: AuditFilter, reason: string): AuditFilter {
  return narrowed(narrowed(filter, "reason", reason), "outcome", "refused");
}
