// How much is called, by whom, how long it takes, and what stands behind it.

import { BadAddress } from "../filter/bad-address.tsx";
import { FilterBar } from "../filter/filter-bar.tsx";
import { queryOf } from "../filter/filtering.ts";
import { useFiltering } from "../filter/use-filtering.ts";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { ByPrincipal } from "./by-principal.tsx";
import { ByTool } from "./by-tool.tsx";
import { Refusals } from "./refusals.tsx";
import { Standing } from "./standing.tsx";
import { Tiles } from "./tiles.tsx";
import { Trends } from "./trends.tsx";
import { useUsage } from "./use-usage.ts";
import type { AuditFilter, Filtering } from "../filter/filtering.ts";
import type { Route } from "../router/route.ts";
import type { Usage } from "./api.ts";

const to: Filtering["to"] = (filter) => ({ page: "usage", query: queryOf(filter) });

export function UsagePage({ route }: { readonly route: Extract<Route, { page: "usage" }> }) {
  const { filter, query } = useFiltering(route);
  return (
    <div class="desk usage">
      <h1>Usage</h1>
      {"message" in filter ? (
        <BadAddress fault={filter} query={route.query} to={to} />
      ) : (
        <Page filter={filter} query={query} />
      )}
    </div>
  );
}

function Page({ filter, query }: { readonly filter: AuditFilter; readonly query: string }) {
  const { usage, health, isBehind, retry } = useUsage(query);
  return (
    <>
      <FilterBar filter={filter} to={to} />
      <div class={`usage-columns${isBehind ? " audit-behind" : ""}`} aria-busy={isBehind}>
        <div class="usage-main">
          {usage.is === "loading" && <Loading what="how much was called" rows={4} />}
          {usage.is === "failed" && <Failed what="How much was called" problem={usage.problem} onRetry={retry} />}
          {usage.is === "ready" && usage.problem && <Outdated problem={usage.problem} onRetry={retry} />}
          {usage.is === "ready" && <Counted usage={usage.value} filter={filter} />}
        </div>
        <Standing health={health} onRetry={retry} />
      </div>
    </>
  );
}

/** Each number leads to the rows that it counts. */
function Counted({ usage, filter }: { readonly usage: Usage; readonly filter: AuditFilter }) {
  return (
    <>
      <Tiles total={usage.total} filter={filter} />
      <Trends usage={usage} filtering={{ filter, to }} />
      <ByTool rows={usage.by_tool} filter={filter} />
      <ByPrincipal rows={usage.by_principal} filter={filter} />
      <Refusals rows={usage.refusals} filter={filter} />
    </>
  );
}
