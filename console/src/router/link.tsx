// A link inside the page. A new tab, a copied address and the middle button work as on any other link.

import { useConsole } from "../console-context.ts";
import { pathOf } from "./route.ts";
import type { ComponentChildren } from "preact";
import type { Route } from "./route.ts";

export interface LinkProps {
  readonly to: Route;
  readonly class?: string;
  readonly isCurrent?: boolean;
  /** Of a card in the list, so that keys can find it. */
  readonly cardId?: string;
  readonly children: ComponentChildren;
}

export function Link({ to, class: className, isCurrent = false, cardId, children }: LinkProps) {
  const { navigator } = useConsole();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigator.go(to);
  };
  return (
    <a
      href={pathOf(to)}
      class={className}
      onClick={follow}
      aria-current={isCurrent ? "page" : undefined}
      data-card={cardId}
    >
      {children}
    </a>
  );
}
