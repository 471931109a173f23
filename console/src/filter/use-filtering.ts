// The filter that stands in the address; where the address says it in another way, or leaves the time out, it is put right.

import { useEffect, useMemo } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { filterOf, queryOf } from "./filtering.ts";
import type { AuditFilter, AuditFilterFault } from "./filtering.ts";
import type { Route } from "../router/route.ts";

export type FilteredRoute = Extract<Route, { readonly query: string }>;

export interface FromAddress {
  readonly filter: AuditFilter | AuditFilterFault;
  readonly query: string;
}

export function useFiltering(route: FilteredRoute): FromAddress {
  const { navigator } = useConsole();
  const filter = useMemo(() => filterOf(route.query), [route.query]);
  const query = "message" in filter ? route.query : queryOf(filter);
  useEffect(() => {
    if (query !== route.query) navigator.correct({ ...route, query });
  }, [navigator, query, route]);
  return { filter, query };
}
