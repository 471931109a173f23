// Everything by which is searched, above what is found.

import { Chips } from "./chips.tsx";
import { FreeEntry } from "./free-entry.tsx";
import { RangeChoice } from "./range-choice.tsx";
import type { Filtering } from "./filtering.ts";

export function FilterBar({ filter, to }: Filtering) {
  return (
    <section class="filter-bar" aria-label="Search">
      <RangeChoice filter={filter} to={to} />
      <FreeEntry filter={filter} to={to} />
      <Chips filter={filter} to={to} />
    </section>
  );
}
