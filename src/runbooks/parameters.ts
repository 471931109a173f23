// What a run is given: checked against the runbook's own schema, with every default filled in.

import { err, ok } from "../result.ts";
import { digestOf } from "./digest.ts";
import { isRecord } from "./path.ts";
import type { InvalidInput } from "../tool/failure.ts";
import type { Result } from "../result.ts";
import type { Params } from "./reference.ts";
import type { Property, Runbook, Scalar } from "./runbook.ts";

type Parameterised = Pick<Runbook, "parameters">;
type Issue = InvalidInput["issues"][number];

const MAX_ISSUES = 20;
const MAX_SHOWN = 100;
/** Line breaks, what hides and what turns text round: nobody who approves may be shown one thing and run another. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** All that is wrong at once, so that a model mends it in one go. Where something is left out, its default stands. */
export function checkParameters({ parameters }: Parameterised, given: unknown): Result<Params, InvalidInput> {
  const { properties, required } = parameters;
  const values = given ?? {};
  if (!isRecord(values)) return err(invalid([{ path: "params", message: "must be an object" }]));

  const issues: Issue[] = [];
  const known = Object.keys(properties);
  for (const name of Object.keys(values).filter((one) => !Object.hasOwn(properties, one))) {
    issues.push(fault(name, `is not a parameter of this runbook; there are ${known.join(", ") || "none"}`));
  }
  const params: [string, Scalar][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const value = Object.hasOwn(values, name) ? values[name] : property.default;
    if (value === undefined && required.includes(name)) issues.push(fault(name, "is required"));
    if (value === undefined) continue;
    const checked = checkValue(property, value);
    if (checked.ok) params.push([name, checked.value]);
    else issues.push(fault(name, checked.error));
  }
  return issues.length === 0 ? ok(Object.fromEntries(params)) : err(invalid(issues));
}

/** SHA-256 (hex) of the canonical JSON: what an approval is bound to. */
export function paramsDigest(params: Params): string {
  return digestOf(params);
}

/** JSON Schema, 2020-12: for a form, and for a model. */
export function inputSchemaOf({ parameters }: Parameterised): object {
  return parameters;
}

export function checkValue(property: Property, value: unknown): Result<Scalar, string> {
  switch (property.type) {
    case "string":
      return checkText(property, value);
    case "integer": {
      const { minimum, maximum } = property;
      const isWithin = typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum;
      return isWithin ? ok(value) : err(`must be a whole number from ${minimum} to ${maximum}`);
    }
    case "boolean":
      return typeof value === "boolean" ? ok(value) : err("must be true or false");
  }
}

function checkText(
  { enum: choices, pattern, maxLength }: Extract<Property, { type: "string" }>,
  value: unknown,
): Result<Scalar, string> {
  if (typeof value !== "string") return err("must be a text");
  if (value.length > maxLength) return err(`must be at most ${maxLength} characters`);
  if (HIDDEN.test(value)) return err("must not hold line breaks or characters that cannot be seen");
  if (choices && !choices.includes(value)) return err(`must be one of: ${choices.join(", ")}`);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return err(`must match ${pattern}`);
  return ok(value);
}

function fault(name: string, message: string): Issue {
  const shown = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN).toWellFormed()}…` : name;
  return { path: `params.${shown}`, message };
}

function invalid(issues: readonly Issue[]): InvalidInput {
  return { kind: "invalid_params", issues: issues.slice(0, MAX_ISSUES) };
}
