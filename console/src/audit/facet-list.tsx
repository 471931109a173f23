// The most frequent values of what is found. Each is a link that searches for it, or no longer does.

import { AUDIT_FACETS } from "../../../src/http/console/contract/audit-filter.ts";
import { useState } from "preact/hooks";
import { isOn, toggled } from "../filter/filtering.ts";
import { FACETS } from "../filter/words.ts";
import { Icon } from "../parts/icon.tsx";
import { sayCount, sayShort } from "../parts/number.ts";
import { ShareBar } from "../parts/share-bar.tsx";
import { Loading } from "../parts/state.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import type { AuditFacet, Filtering } from "../filter/filtering.ts";
import type { Loaded } from "../state/resource.ts";
import type { AuditSummary } from "./api.ts";

export interface FacetListProps {
  readonly filtering: Filtering;
  readonly shown: Loaded<AuditSummary>;
}

/** What one looks for first. The others are there, and folded. */
const UNFOLDED: readonly AuditFacet[] = ["outcome", "actor", "tool", "reason", "cluster"];
const FOLDED = AUDIT_FACETS.filter((facet) => !UNFOLDED.includes(facet));

export function FacetList({ filtering, shown }: FacetListProps) {
  const [isOpen, setOpen] = useState(false);
  if (shown.is === "failed") return null;
  return (
    <div class={`facets${isOpen ? " facets-open" : ""}`}>
      {/* Seen only where the values would be in the way of the rows. */}
      <button type="button" class="button facets-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? "Fold the values" : "Narrow by value"}
      </button>
      <div class="facets-all">
        {shown.is === "loading" ? (
          <Loading what="the most frequent values" rows={3} />
        ) : (
          [...UNFOLDED, ...FOLDED].map((facet) => (
            <Group
              key={facet}
              facet={facet}
              filtering={filtering}
              values={shown.value.facets[facet] ?? []}
              total={shown.value.total}
            />
          ))
        )}
      </div>
    </div>
  );
}

interface GroupProps extends Pick<FacetListProps, "filtering"> {
  readonly facet: AuditFacet;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  readonly total: number;
}

function Group({ facet, filtering, values, total }: GroupProps) {
  if (values.length === 0) return null;
  const isChosen = (filtering.filter.where[facet] ?? []).length > 0;
  return (
    <details class="facet" open={UNFOLDED.includes(facet) || isChosen}>
      <summary>
        {FACETS[facet].title} <span class="quiet">{values.length}</span>
      </summary>
      <ul>
        {values.map(({ value, count }) => (
          <li key={value}>
            <Value facet={facet} filtering={filtering} value={value} count={count} total={total} />
          </li>
        ))}
      </ul>
    </details>
  );
}

interface ValueProps extends Pick<GroupProps, "facet" | "filtering" | "total"> {
  readonly value: string;
  readonly count: number;
}

function Value({ facet, filtering: { filter, to }, value, count, total }: ValueProps) {
  const isChosen = isOn(filter, facet, value);
  return (
    <Link to={to(toggled(filter, facet, value))} class={`facet-value${isChosen ? " facet-chosen" : ""}`}>
      <span class="facet-name">
        {isChosen && <Icon name="check" />}
        <Text value={value} />
      </span>
      <span class="facet-count" aria-label={`${sayCount(count)}${isChosen ? ", chosen" : ""}`}>
        {sayShort(count)}
      </span>
      <ShareBar part={count} whole={total} />
    </Link>
  );
}
