// From one request to the next with j and k, or with the arrows.

import { useEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useShortcuts } from "../frame/shortcuts.ts";
import type { RefObject } from "preact";
import type { Route } from "../router/route.ts";

type ApprovalsRoute = Extract<Route, { page: "approvals" }>;

/** Where the list is not seen, because one request fills the page, the next one is opened instead of pointed at. */
export function useStepping(list: RefObject<HTMLElement | null>, { tab, id }: ApprovalsRoute): void {
  const { navigator } = useConsole();
  const step = (by: 1 | -1) => {
    const next = neighbour(list.current, id, by);
    if (!next) return;
    const nextId = next.dataset.card;
    if (next.checkVisibility()) next.focus();
    else if (nextId !== undefined) navigator.go({ page: "approvals", tab, id: nextId });
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });
  useEffect(() => {
    const element = list.current;
    // Only in the list: elsewhere the arrows scroll.
    const press = (event: KeyboardEvent) => {
      const by = { ArrowDown: 1, ArrowUp: -1 } as const;
      if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.altKey) return;
      if (!(event.target instanceof HTMLElement) || event.target.dataset.card === undefined) return;
      event.preventDefault();
      step(by[event.key]);
    };
    element?.addEventListener("keydown", press);
    return () => element?.removeEventListener("keydown", press);
  });
}

/** Of the card in focus; where none is, of the open one; else the first or last. */
function neighbour(list: HTMLElement | null, openId: string | undefined, by: 1 | -1): HTMLElement | undefined {
  const cards = [...(list?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
  const focused = cards.findIndex((card) => card === document.activeElement);
  const from = focused >= 0 ? focused : cards.findIndex(({ dataset }) => dataset.card === openId);
  if (from < 0) return by === 1 ? cards[0] : cards.at(-1);
  return cards[from + by];
}
