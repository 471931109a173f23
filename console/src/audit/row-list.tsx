// The rows that are found, newest first, and the way to older and to newer ones.

import { useMemo } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { sayProblem } from "../api/problem.ts";
import { sayZone } from "../parts/clock.ts";
import { Notice } from "../parts/notice.tsx";
import { countOf } from "../parts/number.ts";
import { Empty, Failed, Loading, Outdated } from "../parts/state.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { Text } from "../parts/text.tsx";
import { CopyRows } from "./copy-rows.tsx";
import { MAX_ROWS } from "./log.ts";
import { Row } from "./row.tsx";
import type { VNode } from "preact";
import type { Head } from "../parts/table-head.tsx";
import type { AuditRow } from "./api.ts";
import type { Found, Log, LogState } from "./log.ts";

export interface RowListProps {
  readonly log: Log;
  readonly shown: LogState;
  readonly query: string;
  readonly openId: string | undefined;
  readonly onRetry: () => void;
}

export function RowList({ log, shown, query, openId, onRetry }: RowListProps) {
  if (shown.is === "loading") return <Loading what="the rows" rows={6} />;
  if (shown.is === "failed") return <Failed what="The rows" problem={shown.problem} onRetry={onRetry} />;
  const { found, problem } = shown;
  return (
    <>
      {problem && <Outdated problem={problem} onRetry={onRetry} />}
      <div class="rows-head">
        <p class="quiet">
          {countOf(found.rows.length, "row")} {found.next === undefined ? "in all" : "loaded"}, newest first
        </p>
        <CopyRows rows={found.rows} label="Copy as NDJSON" />
      </div>
      <Newer found={found} onShow={log.takeNewer} />
      {found.rows.length === 0 ? <NothingFound /> : <Table rows={found.rows} query={query} openId={openId} />}
      <More log={log} found={found} more={shown.more} />
    </>
  );
}

function NothingFound() {
  return (
    <Empty title="Nothing was recorded that fits">
      <p>Take away a filter, or choose a longer time.</p>
    </Empty>
  );
}

/** Always there for those who listen, so that it is heard when something comes. */
function Newer({ found: { newer }, onShow }: { readonly found: Found; readonly onShow: () => void }) {
  return (
    <div role="status">
      {newer && (
        <button type="button" class="button rows-newer" onClick={onShow}>
          {newer.gap ? `More than ${countOf(newer.rows.length, "newer row")}` : countOf(newer.rows.length, "newer row")}
          : show
        </button>
      )}
    </div>
  );
}

function headsOf(zone: string): readonly Head[] {
  const time = (
    <>
      Time <span class="quiet">{zone}</span>
    </>
  );
  return [
    [time, "row-time"],
    ["Actor", "row-actor"],
    ["Action", "row-action"],
    ["Place", "row-place"],
    ["Outcome", "row-outcome"],
    ["Reason", "row-reason"],
    ["Took", "row-took number"],
  ];
}

function Table({
  rows,
  query,
  openId,
}: Pick<RowListProps, "query" | "openId"> & { readonly rows: readonly AuditRow[] }) {
  const { clock } = useConsole();
  const drawn = useDrawn(query, clock.nowMs);
  return (
    <table class="listing rows" role="table">
      <TableHead heads={headsOf(sayZone(clock.nowMs()))} />
      <tbody role="rowgroup">{rows.map((row) => drawn(row, row.id === openId))}</tbody>
    </table>
  );
}

/** What is drawn once of a row is used again: of a thousand rows none is looked at because another was opened or came. */
function useDrawn(query: string, nowMs: () => number): (row: AuditRow, isOpen: boolean) => VNode {
  const kept = useMemo(() => new WeakMap<AuditRow, VNode>(), [query]);
  return (row, isOpen) => {
    const draw = () => <Row key={row.id} row={row} query={query} isOpen={isOpen} nowMs={nowMs()} />;
    if (isOpen) return draw();
    const one = kept.get(row) ?? draw();
    kept.set(row, one);
    return one;
  };
}

interface MoreProps {
  readonly log: Log;
  readonly found: Found;
  readonly more: Extract<LogState, { readonly is: "ready" }>["more"];
}

function More({ log, found, more }: MoreProps) {
  if (found.next === undefined) return null;
  if (found.rows.length >= MAX_ROWS) {
    return (
      <p class="quiet rows-end">There are more. Search for something narrower, or for a shorter time, to see them.</p>
    );
  }
  return (
    <div class="rows-more">
      {typeof more === "object" && (
        <Notice tone="danger" title="No older rows could be loaded" isUrgent>
          <p>
            <Text value={sayProblem(more)} />
          </p>
        </Notice>
      )}
      <button type="button" class="button" disabled={more === "busy"} onClick={() => void log.loadMore()}>
        {more === "busy" ? "Loading…" : "Load older rows"}
      </button>
    </div>
  );
}
