// The inbox: requests on one side, the one that is open on the other. On a phone, one of the two.

import { useEffect, useRef } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useShortcuts } from "../frame/shortcuts.ts";
import { useStepping } from "../parts/stepping.ts";
import { useWatched } from "../state/use-watched.ts";
import { useArrivals } from "./arrivals.ts";
import { ApprovalDetail } from "./detail.tsx";
import { ApprovalList } from "./list.tsx";
import { Overview } from "./overview.tsx";
import { SwitchedOff } from "./switched-off.tsx";
import type { Route } from "../router/route.ts";

type ApprovalsRoute = Extract<Route, { page: "approvals" }>;

export function ApprovalsPage({ route }: { readonly route: ApprovalsRoute }) {
  const { open, ended, navigator } = useConsole();
  const { tab, id } = route;
  const resource = tab === "open" ? open : ended;
  const list = useRef<HTMLDivElement>(null);
  const shown = useWatched(resource);
  useArrivals();
  useStepping(list, { openId: id, onOpen: (next) => navigator.go({ page: "approvals", tab, id: next }) });
  useEffect(() => {
    if (tab === "ended") void ended.refresh();
  }, [tab, ended]);
  useEffect(() => {
    if (id !== undefined) cardIn(list.current, id)?.scrollIntoView({ block: "nearest" });
  }, [id, shown.is]);
  useShortcuts({
    Escape: () => {
      if (id === undefined) return;
      navigator.go({ page: "approvals", tab });
      requestAnimationFrame(() => cardIn(list.current, id)?.focus());
    },
  });

  return (
    <div class={`inbox${id === undefined ? "" : " inbox-one"}`}>
      <section class="inbox-list" aria-label="Requests" ref={list}>
        <h1>Approvals</h1>
        <SwitchedOff />
        <ApprovalList tab={tab} shown={shown} openId={id} onRetry={() => void resource.refresh()} />
      </section>
      <section class="inbox-detail" aria-label="The request that is open">
        {id === undefined ? <Overview shown={shown} tab={tab} /> : <ApprovalDetail key={id} id={id} tab={tab} />}
      </section>
    </div>
  );
}

function cardIn(list: HTMLElement | null, id: string): HTMLElement | undefined {
  return list?.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`) ?? undefined;
}
