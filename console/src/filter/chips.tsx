// What is asked for beside the time, each with a way to take it back.

import { AUDIT_FACETS } from "../../../src/http/console/contract/audit-filter.ts";
import { Icon } from "../parts/icon.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { toggled } from "./filtering.ts";
import { FACETS } from "./words.ts";
import type { Filtering } from "./filtering.ts";

export function Chips({ filter, to }: Filtering) {
  const chosen = AUDIT_FACETS.flatMap((facet) => (filter.where[facet] ?? []).map((value) => ({ facet, value })));
  if (chosen.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters">
      {chosen.map(({ facet, value }) => (
        <li key={`${facet} ${value}`}>
          <Link to={to(toggled(filter, facet, value))} class="chip">
            <span class="unseen-words">Remove </span>
            <span class="chip-facet">{FACETS[facet].title}</span>
            <span class="chip-value">
              <Text value={value} />
            </span>
            <Icon name="cross" />
          </Link>
        </li>
      ))}
      {chosen.length > 1 && (
        <li>
          <Link to={to({ ...filter, where: {} })} class="chip chip-all">
            Remove all
          </Link>
        </li>
      )}
    </ul>
  );
}
