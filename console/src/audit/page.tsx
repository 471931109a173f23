// The audit log: searched, counted, and each row with its story.

import type { Route } from "../router/route.ts";

export function AuditPage({ route }: { readonly route: Extract<Route, { page: "audit" }> }) {
  return (
    <div class="sheet" data-page={route.page}>
      <h1>Audit</h1>
    </div>
  );
}
