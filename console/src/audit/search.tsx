// What one filter finds, and beside it the row that is open. Where there is room for one of the two, the row.

import { useEffect, useRef } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { FilterBar } from "../filter/filter-bar.tsx";
import { useShortcuts } from "../frame/shortcuts.ts";
import { useStepping } from "../parts/stepping.ts";
import { Evidence } from "./evidence.tsx";
import { EventDetail } from "./event.tsx";
import { FacetList } from "./facet-list.tsx";
import { Histogram } from "./histogram.tsx";
import { RowList } from "./row-list.tsx";
import { useSearch } from "./use-search.ts";
import type { Filtering } from "../filter/filtering.ts";
import type { Route } from "../router/route.ts";
import type { EventPlace } from "./api.ts";

export interface SearchProps {
  readonly filtering: Filtering;
  /** The same filter as text. */
  readonly query: string;
  readonly event: EventPlace | undefined;
}

export function Search({ filtering, query, event }: SearchProps) {
  const list = useRef<HTMLDivElement>(null);
  const { log, shown, isBehind, summary, retry } = useSearch(query, list);
  useKeys(list, { query, event, shown });
  return (
    <div class={`audit${event === undefined ? "" : " audit-one"}`}>
      <section class="audit-main" aria-labelledby="audit-title">
        <header class="audit-head">
          <h1 id="audit-title">Audit</h1>
          <Evidence />
        </header>
        <FilterBar {...filtering} />
        <Histogram filtering={filtering} shown={summary} onRetry={retry} />
        <div class="audit-found">
          <FacetList filtering={filtering} shown={summary} />
          <div class={`audit-rows${isBehind ? " audit-behind" : ""}`} ref={list} aria-busy={isBehind}>
            <RowList log={log} shown={shown} query={query} openId={event?.id} onRetry={retry} />
          </div>
        </div>
      </section>
      {event !== undefined && (
        <section class="audit-detail" aria-label="The row that is open">
          <EventDetail key={`${event.id} ${event.at}`} place={event} filtering={filtering} query={query} />
        </section>
      )}
    </div>
  );
}

type Shown = ReturnType<typeof useSearch>["shown"];

interface Keyed extends Pick<SearchProps, "query" | "event"> {
  readonly shown: Shown;
}

function useKeys(list: { readonly current: HTMLDivElement | null }, { query, event, shown }: Keyed): void {
  const { navigator } = useConsole();
  const to = (place?: EventPlace): Route => ({ page: "audit", query, ...(place ? { event: place } : {}) });
  const rows = shown.is === "ready" ? shown.found.rows : [];
  useStepping(list, {
    openId: event?.id,
    onOpen: (id) => {
      const row = rows.find((one) => one.id === id);
      if (row) navigator.go(to({ id, at: row.ts }));
    },
  });
  useShortcuts({
    Escape: () => {
      if (event === undefined) return;
      navigator.go(to());
      requestAnimationFrame(() => rowIn(list.current, event.id)?.focus());
    },
  });
  const id = event?.id;
  useEffect(() => {
    if (id !== undefined) rowIn(list.current, id)?.scrollIntoView({ block: "nearest" });
  }, [id, shown.is, list]);
}

function rowIn(list: HTMLElement | null, id: string): HTMLElement | undefined {
  return list?.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`) ?? undefined;
}
