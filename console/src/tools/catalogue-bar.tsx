// What is above the catalogue: words to look for, and which kinds of tools.

import { Field } from "../parts/field.tsx";
import { countOf } from "../parts/number.ts";
import { SelectField } from "../parts/select-field.tsx";
import type { ToolFilter } from "./families.ts";

export interface CatalogueBarProps {
  readonly filter: ToolFilter;
  readonly found: number;
  readonly onChange: (filter: ToolFilter) => void;
}

const EFFECTS = [
  ["any", "Any effect"],
  ["reads", "Only reads"],
  ["changes", "Changes something"],
] as const satisfies readonly (readonly [ToolFilter["effect"], string])[];

export function CatalogueBar({ filter, found, onChange }: CatalogueBarProps) {
  return (
    <form class="bar" role="search" aria-label="Tools" onSubmit={(event) => event.preventDefault()}>
      <Field
        label="Search"
        placeholder="pods, logs:read, …"
        value={filter.words}
        onInput={(words) => onChange({ ...filter, words })}
      />
      <SelectField
        label="Effect"
        value={filter.effect}
        options={EFFECTS}
        onInput={(value) => onChange({ ...filter, effect: EFFECTS.find(([effect]) => effect === value)?.[0] ?? "any" })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.isMineOnly}
          onChange={({ currentTarget }) => onChange({ ...filter, isMineOnly: currentTarget.checked })}
        />
        <span>Only what I may call</span>
      </label>
      <p class="unseen-words" role="status">
        {countOf(found, "tool")}
      </p>
    </form>
  );
}
