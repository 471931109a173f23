// How much is called, by whom, how long it takes, and what stands behind it.

import type { Route } from "../router/route.ts";

export function UsagePage({ route }: { readonly route: Extract<Route, { page: "usage" }> }) {
  return (
    <div class="sheet" data-page={route.page}>
      <h1>Usage</h1>
    </div>
  );
}
