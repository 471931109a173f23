// Who calls, the busiest first, and how much of their quota is used.

import { useConsole } from "../console-context.ts";
import { narrowed } from "../filter/filtering.ts";
import { Meter } from "../parts/meter.tsx";
import { sayTime } from "../parts/moment.ts";
import { sayCount, sayShare } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { AuditWay } from "./audit-way.tsx";
import { NumberCells, NumberHeads } from "./number-cells.tsx";
import { TableBlock } from "./table-block.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

type Row = Usage["by_principal"][number];

export function ByPrincipal({ rows, filter }: { readonly rows: readonly Row[]; readonly filter: AuditFilter }) {
  // What a principal may spend follows from its roles, which the server does not always know here.
  const hasQuotas = rows.some(({ quota }) => quota !== undefined);
  return (
    <TableBlock id="usage-principals" title="By principal" isEmpty={rows.length === 0}>
      <table class="table table-cards" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Principal
            </th>
            <NumberHeads />
            {hasQuotas && (
              <th role="columnheader" scope="col" class="usage-quota">
                Quota
              </th>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={row.id}>
              <th role="rowheader" scope="row" class="usage-name">
                <AuditWay filter={narrowed(filter, "actor", row.id)}>
                  <Text value={row.id} />
                </AuditWay>
              </th>
              <NumberCells numbers={row} />
              {hasQuotas && (
                <td role="cell" class="usage-quota cell-all" data-label="Quota">
                  <Quota quota={row.quota} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBlock>
  );
}

function Quota({ quota }: Pick<Row, "quota">) {
  const { clock } = useConsole();
  if (!quota) return <span class="quiet">none set</span>;
  const { used, limit, period, resets_at: resets } = quota;
  return (
    <>
      <Meter value={used} max={limit} of="used" />
      <p class="quota-words">
        <b>{sayShare(used, limit)}</b> of {sayCount(limit)} a <Text value={period} />
        <span class="quiet">, anew at {sayTime(resets, clock.nowMs())}</span>
      </p>
    </>
  );
}
