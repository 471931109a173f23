// Puts the focus back to where one came from: the link to what was open.

import { pathOf } from "./route.ts";
import type { Route } from "./route.ts";

/** Once the page with the link is drawn. */
export function focusLinkTo(route: Route): void {
  const path = pathOf(route);
  requestAnimationFrame(() => {
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`main a[href="${CSS.escape(path)}"]`)?.focus());
  });
}
