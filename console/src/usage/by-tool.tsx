// Which tools are called, the most called first.

import { narrowed } from "../filter/filtering.ts";
import { ShareBar } from "../parts/share-bar.tsx";
import { Text } from "../parts/text.tsx";
import { AuditWay } from "./audit-way.tsx";
import { NumberCells, NumberHeads } from "./number-cells.tsx";
import { TableBlock } from "./table-block.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

export function ByTool({ rows, filter }: { readonly rows: Usage["by_tool"]; readonly filter: AuditFilter }) {
  const most = Math.max(0, ...rows.map(({ calls }) => calls));
  return (
    <TableBlock id="usage-tools" title="By tool" isEmpty={rows.length === 0}>
      <table class="table table-cards" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Tool
            </th>
            <NumberHeads />
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={row.tool}>
              <th role="rowheader" scope="row" class="usage-name">
                <AuditWay filter={narrowed(filter, "tool", row.tool)}>
                  <Text value={row.tool} />
                </AuditWay>
                <ShareBar part={row.calls} whole={most} />
              </th>
              <NumberCells numbers={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </TableBlock>
  );
}
