// The numbers by which one tells at a glance whether it is a day like others.

import { narrowed } from "../filter/filtering.ts";
import { saySpan, sayCount, sayShare } from "../parts/number.ts";
import { AuditWay } from "./audit-way.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { ComponentChildren } from "preact";
import type { Usage } from "./api.ts";

export interface TilesProps {
  readonly total: Usage["total"];
  readonly filter: AuditFilter;
}

export function Tiles({ total, filter }: TilesProps) {
  const { calls, failed, refused, principals, sessions, p50_ms: p50, p95_ms: p95, p99_ms: p99 } = total;
  const withOutcome = (outcome: string) => narrowed(filter, "outcome", outcome);
  return (
    <dl class="tiles">
      <Tile name="Calls" more={`${sayCount(principals)} principals, ${sayCount(sessions)} sessions`}>
        <AuditWay filter={filter}>{sayCount(calls)}</AuditWay>
      </Tile>
      <Tile name="Failed" more={sayShare(failed, calls)} isBad={failed > 0.05 * calls}>
        <AuditWay filter={withOutcome("failed")}>{sayCount(failed)}</AuditWay>
      </Tile>
      <Tile name="Refused" more={sayShare(refused, calls)}>
        <AuditWay filter={withOutcome("refused")}>{sayCount(refused)}</AuditWay>
      </Tile>
      <Tile name="p50" more="half take less">
        {say(p50)}
      </Tile>
      <Tile name="p95" more="95% take less">
        {say(p95)}
      </Tile>
      <Tile name="p99" more="99% take less">
        {say(p99)}
      </Tile>
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly more: string;
  readonly isBad?: boolean;
  readonly children: ComponentChildren;
}

function Tile({ name, more, isBad = false, children }: TileProps) {
  return (
    <div class={`tile${isBad ? " tile-bad" : ""}`}>
      <dt>{name}</dt>
      <dd class="tile-value">{children}</dd>
      <dd class="tile-more">{more}</dd>
    </div>
  );
}

function say(ms: number | null): string {
  return ms === null ? "–" : saySpan(ms);
}
