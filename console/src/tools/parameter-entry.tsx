// One parameter, with the entry that fits its kind.

import { Field } from "../parts/field.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { Text } from "../parts/text.tsx";
import { Choices } from "./choices.tsx";
import { sayRules } from "./rules-words.ts";
import type { ParameterField } from "./fields.ts";

export interface ParameterEntryProps {
  readonly field: ParameterField;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onInput: (value: string) => void;
}

/** From here on a text may have lines. */
const LONG = 2_000;

export function ParameterEntry({ field, value, fault, onInput }: ParameterEntryProps) {
  const { kind, isRequired, rules, options } = field;
  const given = { value, fault, onInput, isRequired, label: <Label field={field} />, hint: <Hint field={field} /> };
  const leftOut = field.default === undefined ? "left out" : `left out: ${field.default}`;
  switch (kind) {
    case "text":
      return (rules.maxLength ?? 0) > LONG ? <Field {...given} rows={1} /> : <Field {...given} />;
    case "number":
    case "integer":
      return <Field {...given} inputMode="numeric" />;
    case "boolean":
      return (
        <SelectField
          {...given}
          options={[
            ["", leftOut],
            ["true", "true"],
            ["false", "false"],
          ]}
        />
      );
    case "choice":
      return (
        <SelectField
          {...given}
          options={[["", isRequired ? "choose" : leftOut], ...options.map((one) => [one, one] as const)]}
        />
      );
    case "choices":
      return <Choices {...given} options={options} />;
    case "lines":
      return <Field {...given} rows={2} />;
    case "json":
      return <Field {...given} rows={3} isCode />;
  }
}

function Label({ field: { name, kind, isRequired } }: Pick<ParameterEntryProps, "field">) {
  return (
    <span class="parameter">
      <code>
        <Text value={name} />
      </code>
      <span class="quiet">{KINDS[kind]}</span>
      {isRequired && <span class="needed">needed</span>}
    </span>
  );
}

const KINDS = {
  text: "text",
  number: "number",
  integer: "whole number",
  boolean: "true or false",
  choice: "one of a list",
  choices: "some of a list",
  lines: "texts, one a line",
  json: "JSON",
} as const satisfies Record<ParameterField["kind"], string>;

function Hint({ field }: Pick<ParameterEntryProps, "field">) {
  const rules = sayRules(field);
  return (
    <>
      {field.description !== undefined && <Text value={field.description} />}
      {rules !== "" && <span class="rules">{rules}</span>}
    </>
  );
}
