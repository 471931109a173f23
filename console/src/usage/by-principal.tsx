// Who calls, the busiest first, and how much of their quota is used.

import { useConsole } from "../console-context.ts";
import { narrowed } from "../filter/filtering.ts";
import { Meter } from "../parts/meter.tsx";
import { sayTime } from "../parts/moment.ts";
import { sayCount, sayShare } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { NUMBER_HEADS, NumberCells } from "./number-cells.tsx";
import { TableBlock, TableLine } from "./table-block.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Usage } from "./api.ts";

type Row = Usage["by_principal"][number];

const HEADS = [["Principal"], ...NUMBER_HEADS] as const;
/** The other columns are of the filter's time. */
const QUOTA = "Quota now";

export function ByPrincipal({ rows, filter }: { readonly rows: readonly Row[]; readonly filter: AuditFilter }) {
  // Not everybody who may see calls may be told of quotas.
  const hasQuotas = rows.some(({ quota }) => quota !== undefined);
  const heads = hasQuotas ? [...HEADS, [QUOTA, "usage-quota"] as const] : HEADS;
  return (
    <TableBlock id="usage-principals" title="By principal" heads={heads} isEmpty={rows.length === 0}>
      {rows.map((row) => (
        <TableLine key={row.id} name={row.id} filter={narrowed(filter, "actor", row.id)}>
          <NumberCells numbers={row} />
          {hasQuotas && (
            <td role="cell" class="usage-quota cell-all" data-label={QUOTA}>
              <Quota quota={row.quota ?? "not_told"} />
            </td>
          )}
        </TableLine>
      ))}
    </TableBlock>
  );
}

const UNKNOWN = {
  no_key: [
    "not known",
    "What may be spent follows from roles, and those are known of whoever holds a key that works. While it is connected, Live tells.",
  ],
  not_told: [
    "not told",
    "What is spent is spent everywhere: of others only whoever may read the whole audit log is told.",
  ],
  not_reached: ["not reached just now", "What is counted did not answer in time. It still counts: look again."],
} as const;

function Quota({ quota }: { readonly quota: Exclude<Row["quota"], undefined> | "not_told" }) {
  const { clock } = useConsole();
  if (typeof quota === "string") {
    const [words, why] = UNKNOWN[quota];
    return (
      <span class="quiet" title={why}>
        {words}
      </span>
    );
  }
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
