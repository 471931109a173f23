// A date and a time of day, in the zone of whoever reads, which is said.

import { useId } from "preact/hooks";

export interface MomentFieldProps {
  readonly label: string;
  /** `UTC+01:00`. */
  readonly zone: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly isWrong: boolean;
}

export function MomentField({ label, zone, value, onInput, isWrong }: MomentFieldProps) {
  const id = useId();
  return (
    <div class="field moment">
      <label for={id}>
        {label} <span class="quiet">your time, {zone}</span>
      </label>
      <input
        id={id}
        type="datetime-local"
        step="1"
        value={value}
        aria-invalid={isWrong}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </div>
  );
}
