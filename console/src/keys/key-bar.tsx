// What is above the list of keys: words to look for, and which states.

import { Field } from "../parts/field.tsx";
import { countOf } from "../parts/number.ts";
import type { KeyFilter } from "./sought.ts";

export interface KeyBarProps {
  readonly filter: KeyFilter;
  readonly counts: Readonly<Record<KeyFilter["state"], number>>;
  readonly found: number;
  readonly onChange: (filter: KeyFilter) => void;
}

const STATES = [
  ["active", "Active"],
  ["expired", "Expired"],
  ["revoked", "Revoked"],
  ["all", "All"],
] as const;

export function KeyBar({ filter, counts, found, onChange }: KeyBarProps) {
  return (
    <form class="bar" role="search" aria-label="Keys" onSubmit={(event) => event.preventDefault()}>
      <Field
        label="Search"
        placeholder="holder, role, owner, note"
        value={filter.words}
        onInput={(words) => onChange({ ...filter, words })}
      />
      <fieldset class="choice states">
        <legend class="unseen-words">State</legend>
        {STATES.map(([state, title]) => (
          <label key={state}>
            <input
              type="radio"
              name="state"
              checked={filter.state === state}
              onChange={() => onChange({ ...filter, state })}
            />
            <span>
              {title} <span class="tabular">{counts[state]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="unseen-words" role="status">
        {countOf(found, "key")}
      </p>
    </form>
  );
}
