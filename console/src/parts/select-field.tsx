// One of several, chosen from a list, with what it is for and what is wrong with it.

import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface SelectFieldProps {
  readonly label: ComponentChildren;
  readonly value: string;
  /** The value of each, and the words for it. */
  readonly options: readonly (readonly [string, string])[];
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly fault?: string | undefined;
  readonly isRequired?: boolean;
}

export function SelectField({ label, value, options, onInput, hint, fault, isRequired = false }: SelectFieldProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, fault === undefined ? "" : `${id}-fault`].join(" ").trim();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <select
        id={id}
        value={value}
        required={isRequired}
        aria-describedby={described === "" ? undefined : described}
        aria-invalid={fault !== undefined}
        onChange={({ currentTarget }) => onInput(currentTarget.value)}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      {fault !== undefined && (
        <p class="field-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
