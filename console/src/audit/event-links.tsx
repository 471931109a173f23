// From one row to all that have something in common with it, in the same time.

import { only } from "../filter/filtering.ts";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../router/link.tsx";
import type { AuditFacet, Filtering } from "../filter/filtering.ts";
import type { AuditRow } from "./api.ts";

const WAYS = [
  ["call", "call_id", "this call"],
  ["session", "session_id", "this session"],
  ["trace", "trace_id", "this trace"],
  ["actor", "actor", "this actor"],
  ["key", "key_id", "this key"],
] as const satisfies readonly (readonly [AuditFacet, keyof AuditRow, string])[];

export function EventLinks({
  row,
  filtering: { filter, to },
}: {
  readonly row: AuditRow;
  readonly filtering: Filtering;
}) {
  const { approval_id: approval } = row;
  return (
    <nav class="event-links" aria-label="More like this">
      <span class="quiet">All of</span>
      {WAYS.map(([facet, member, title]) => {
        const value = row[member];
        return value === undefined ? null : (
          <Link key={facet} to={to(only(filter, facet, value))}>
            {title}
          </Link>
        );
      })}
      {approval !== undefined && (
        <>
          <Link to={to(only(filter, "approval", approval))}>this approval</Link>
          <Link to={{ page: "approvals", tab: "ended", id: approval }} class="event-approval">
            <Icon name="inbox" /> The request itself
          </Link>
        </>
      )}
    </nav>
  );
}
