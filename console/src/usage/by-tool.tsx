// Which tools are called, the most called first.

import { narrowed } from "../filter/filtering.ts";
import { ShareBar } from "../parts/share-bar.tsx";
import { NUMBER_HEADS, NumberCells } from "./number-cells.tsx";
import { TableBlock, TableLine } from "./table-block.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

const HEADS = [["Tool"], ...NUMBER_HEADS] as const;

export function ByTool({ rows, filter }: { readonly rows: Usage["by_tool"]; readonly filter: AuditFilter }) {
  const most = Math.max(0, ...rows.map(({ calls }) => calls));
  return (
    <TableBlock id="usage-tools" title="By tool" heads={HEADS} isEmpty={rows.length === 0}>
      {rows.map((row) => (
        <TableLine
          key={row.tool}
          name={row.tool}
          filter={narrowed(filter, "tool", row.tool)}
          bar={<ShareBar part={row.calls} whole={most} />}
        >
          <NumberCells numbers={row} />
        </TableLine>
      ))}
    </TableBlock>
  );
}
