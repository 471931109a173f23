// Where the page is, and going elsewhere without loading it again.

import { createSignal } from "../state/signal.ts";
import { pathOf, routeOf } from "./route.ts";
import type { Watched } from "../state/use-watched.ts";
import type { Route } from "./route.ts";

export interface Navigator {
  readonly route: Watched<Route>;
  readonly go: (route: Route) => void;
  /** The same place by its proper address: going back does not lead to the other. */
  readonly correct: (route: Route) => void;
}

export function createNavigator(window: Window): Navigator {
  const { history, location } = window;
  const here = () => routeOf(location.pathname, location.search);
  const route = createSignal(here());
  window.addEventListener("popstate", () => route.put(here()));
  return {
    route,
    go: (next) => {
      history.pushState(null, "", pathOf(next));
      route.put(here());
    },
    correct: (next) => {
      history.replaceState(null, "", pathOf(next));
      route.put(here());
    },
  };
}
