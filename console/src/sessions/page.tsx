// Who is connected, what is under way, and stepping in.

import type { Route } from "../router/route.ts";

export function LivePage({ route }: { readonly route: Extract<Route, { page: "live" }> }) {
  return (
    <div class="sheet" data-page={route.page}>
      <h1>Live</h1>
    </div>
  );
}
