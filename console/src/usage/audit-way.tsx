// From a number to the rows of the audit log that it counts.

import { queryOf } from "../filter/filtering.ts";
import { Link } from "../router/link.tsx";
import type { AuditFilter } from "../filter/filtering.ts";
import type { ComponentChildren } from "preact";

export function AuditWay({ filter, children }: { readonly filter: AuditFilter; readonly children: ComponentChildren }) {
  return <Link to={{ page: "audit", query: queryOf(filter) }}>{children}</Link>;
}
