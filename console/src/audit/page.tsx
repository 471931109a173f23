// The audit log: searched, counted, and each row with its story.

import { BadAddress } from "../filter/bad-address.tsx";
import { queryOf } from "../filter/filtering.ts";
import { useFiltering } from "../filter/use-filtering.ts";
import { Search } from "./search.tsx";
import type { Filtering } from "../filter/filtering.ts";
import type { Route } from "../router/route.ts";

export type AuditRoute = Extract<Route, { page: "audit" }>;

const to: Filtering["to"] = (filter) => ({ page: "audit", query: queryOf(filter) });

export function AuditPage({ route }: { readonly route: AuditRoute }) {
  const { filter, query } = useFiltering(route);
  if ("message" in filter) {
    return (
      <div class="sheet">
        <h1>Audit</h1>
        <BadAddress fault={filter} query={route.query} to={to} />
      </div>
    );
  }
  return <Search filtering={{ filter, to }} query={query} event={route.event} />;
}
