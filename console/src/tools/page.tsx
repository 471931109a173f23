// What there is to call, who may and why, and calling it as oneself.

import type { Route } from "../router/route.ts";

export function ToolsPage({ route }: { readonly route: Extract<Route, { page: "tools" }> }) {
  return (
    <div class="sheet" data-page={route.page}>
      <h1>Tools</h1>
    </div>
  );
}
