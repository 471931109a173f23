// A labelled field, with what it is for and what is wrong with it.

import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface FieldProps {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly fault?: string | undefined;
  /** More than one line; left out: a single one. */
  readonly rows?: number;
  readonly isSecret?: boolean;
  readonly isRequired?: boolean;
  readonly maxLength?: number;
  /** Seen as long as nothing is typed; says nothing that is needed. */
  readonly placeholder?: string;
  /** The letters of a program: nothing is corrected, and all are of one width. */
  readonly isCode?: boolean;
  readonly inputMode?: "numeric";
  /** The id of a datalist with what may be typed. */
  readonly list?: string;
}

export function Field(props: FieldProps) {
  const { label, hint, fault } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Entry id={id} props={props} />
      {fault !== undefined && (
        <p class="field-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}

function Entry({ id, props }: { readonly id: string; readonly props: FieldProps }) {
  const { value, onInput, hint, fault, rows, isSecret = false, isRequired = false, maxLength } = props;
  const { placeholder, list, isCode = false, inputMode } = props;
  const described = [hint === undefined ? "" : `${id}-hint`, fault === undefined ? "" : `${id}-fault`].join(" ").trim();
  const attributes = {
    id,
    value,
    maxLength,
    placeholder,
    inputMode,
    required: isRequired,
    "aria-describedby": described === "" ? undefined : described,
    "aria-invalid": fault !== undefined,
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      onInput(currentTarget.value),
  } as const;
  const code = isCode ? ({ class: "code", spellcheck: false, autocapitalize: "none" } as const) : {};
  if (rows !== undefined) return <textarea {...attributes} {...code} rows={rows} autocomplete="off" />;
  if (isSecret) return <input {...attributes} type="password" autocomplete="current-password" />;
  return <input {...attributes} list={list} type="text" autocomplete="off" autocapitalize="none" spellcheck={false} />;
}
