// For what is not among the most frequent values: a name or an id that somebody brings along.

import { useId, useState } from "preact/hooks";
import { AUDIT_FACETS } from "../../../src/http/console/contract/audit-filter.ts";
import { useConsole } from "../console-context.ts";
import { filterOf, isOn, queryOf, toggled } from "./filtering.ts";
import { FACETS } from "./words.ts";
import type { AuditFacet, AuditFilter, Filtering } from "./filtering.ts";

export function FreeEntry(filtering: Filtering) {
  const id = useId();
  const { facet, setFacet, value, setValue, fault, add } = useEntry(filtering);
  return (
    <form class="entry" onSubmit={add} noValidate aria-label="Add a filter">
      <FacetChoice id={`${id}-facet`} facet={facet} onChoose={setFacet} />
      <label class="unseen-words" for={`${id}-value`}>
        Is exactly
      </label>
      <input
        id={`${id}-value`}
        type="text"
        value={value}
        placeholder={FACETS[facet].hint}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onInput={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <button type="submit" class="button">
        Add
      </button>
      {fault !== undefined && (
        <p class="field-fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}

function useEntry({ filter, to }: Filtering) {
  const { navigator } = useConsole();
  const [facet, setFacet] = useState<AuditFacet>("actor");
  const [value, setValue] = useState("");
  const [fault, setFault] = useState<string>();
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const next = added(filter, facet, value.trim());
    if (typeof next === "string") {
      setFault(next);
      return;
    }
    setFault(undefined);
    setValue("");
    navigator.go(to(next));
  };
  return { facet, setFacet, value, setValue, fault, add };
}

interface FacetChoiceProps {
  readonly id: string;
  readonly facet: AuditFacet;
  readonly onChoose: (facet: AuditFacet) => void;
}

function FacetChoice({ id, facet, onChoose }: FacetChoiceProps) {
  return (
    <>
      <label class="unseen-words" for={id}>
        Which
      </label>
      <select
        id={id}
        value={facet}
        onChange={({ currentTarget }) => onChoose(AUDIT_FACETS.find((name) => name === currentTarget.value) ?? "actor")}
      >
        {AUDIT_FACETS.map((name) => (
          <option key={name} value={name}>
            {FACETS[name].title}
          </option>
        ))}
      </select>
    </>
  );
}

/** Or what is wrong with it. */
function added(filter: AuditFilter, facet: AuditFacet, value: string): AuditFilter | string {
  if (value === "") return "Type what to look for.";
  if (isOn(filter, facet, value)) return "This is among the filters already.";
  const next = toggled(filter, facet, value);
  const checked = filterOf(queryOf(next));
  return "message" in checked ? `${FACETS[facet].title}: ${checked.message}.` : next;
}
