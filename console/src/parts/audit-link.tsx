// A link to the rows of the audit log that are about something.

import { formatAuditFilter } from "../../../src/http/console/contract/audit-filter.ts";
import { Link } from "../router/link.tsx";
import { useMay } from "../state/use-may.ts";
import type { AuditFilter } from "../../../src/http/console/contract/audit-filter.ts";
import type { ComponentChildren } from "preact";

export interface AuditLinkProps {
  readonly where: AuditFilter["where"];
  readonly last?: "1h" | "24h" | "7d" | "30d";
  readonly children: ComponentChildren;
}

/** Nothing for whoever may not read the log. */
export function AuditLink({ where, last = "24h", children }: AuditLinkProps) {
  const may = useMay("audit:read");
  if (!may) return null;
  const query = formatAuditFilter({ time: { last }, where }).toString();
  return <Link to={{ page: "audit", query }}>{children}</Link>;
}
