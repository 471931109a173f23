// From one entry of a list to the next with j and k, or with the arrows.

import { useLayoutEffect } from "preact/hooks";
import { useShortcuts } from "../frame/shortcuts.ts";
import type { RefObject } from "preact";

export interface Stepped {
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** Entries carry `data-card`. Where the list is not seen, because one entry fills the page, the next one is opened instead of pointed at. */
export function useStepping(list: RefObject<HTMLElement | null>, { openId, onOpen }: Stepped): void {
  const step = (by: 1 | -1) => {
    const next = neighbour(list.current, openId, by);
    if (!next) return;
    const nextId = next.dataset.card;
    if (next.checkVisibility()) next.focus();
    else if (nextId !== undefined) onOpen(nextId);
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });
  useLayoutEffect(() => {
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

/** Of the entry in focus; where none is, of the open one; else the first or last. */
function neighbour(list: HTMLElement | null, openId: string | undefined, by: 1 | -1): HTMLElement | undefined {
  const cards = [...(list?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
  const focused = cards.findIndex((card) => card === document.activeElement);
  const from = focused >= 0 ? focused : cards.findIndex(({ dataset }) => dataset.card === openId);
  if (from < 0) return by === 1 ? cards[0] : cards.at(-1);
  return cards[from + by];
}
