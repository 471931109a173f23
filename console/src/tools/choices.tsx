// Some of a list, ticked.

import { useId } from "preact/hooks";
import { linesIn } from "./arguments.ts";
import type { ComponentChildren } from "preact";

export interface ChoicesProps {
  readonly label: ComponentChildren;
  readonly hint: ComponentChildren;
  readonly options: readonly string[];
  /** Those that are ticked, one a line. */
  readonly value: string;
  readonly fault: string | undefined;
  readonly onInput: (value: string) => void;
}

export function Choices({ label, hint, options, value, fault, onInput }: ChoicesProps) {
  const id = useId();
  const ticked = linesIn(value);
  const flip = (option: string) =>
    onInput(options.filter((one) => ticked.includes(one) !== (one === option)).join("\n"));
  return (
    <fieldset class="field" aria-describedby={`${id}-hint`}>
      <legend>{label}</legend>
      <p class="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
      <div class="choices">
        {options.map((option) => (
          <label key={option} class="check">
            <input type="checkbox" checked={ticked.includes(option)} onChange={() => flip(option)} />
            <span>{option}</span>
          </label>
        ))}
      </div>
      {fault !== undefined && <p class="field-fault">{fault}</p>}
    </fieldset>
  );
}
