// The field that asks why: what is left empty is said once somebody has tried to go on without.

import { MAX_REASON } from "../approvals/faults.ts";
import { Field } from "./field.tsx";
import type { FieldProps } from "./field.tsx";

export interface ReasonFieldProps extends Pick<FieldProps, "label" | "hint" | "value" | "onInput"> {
  readonly isTried: boolean;
}

export function ReasonField({ isTried, ...field }: ReasonFieldProps) {
  const isEmpty = field.value.trim() === "";
  return (
    <Field
      {...field}
      fault={isTried && isEmpty ? "Say why: a reason is needed here." : undefined}
      rows={2}
      maxLength={MAX_REASON}
      isRequired
    />
  );
}
