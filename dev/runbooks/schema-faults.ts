// What the schema of runbooks says of a file, in words for its author.

import { Runbook, STEP_KINDS } from "../../src/runbooks/runbook.ts";
import { isRecord } from "../../src/runbooks/path.ts";
import { valueIn } from "./value-in.ts";
import type * as z from "zod";
import type { Complaint } from "./source.ts";

export type Checked = { readonly runbook: Runbook } | { readonly complaints: readonly Complaint[] };

export function checkSchema(data: unknown): Checked {
  const parsed = Runbook().safeParse(data);
  if (parsed.success) return { runbook: parsed.data };
  return { complaints: parsed.error.issues.flatMap((issue) => inWords(issue, data)) };
}

function inWords(issue: z.core.$ZodIssue, data: unknown): readonly Complaint[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], message: `${key} is nothing that stands here` }));
  }
  if (issue.code === "invalid_union" && isStep(path)) return stepInWords(issue, data);
  const name = path.at(-1);
  const message = issue.message.endsWith("received undefined") ? "is missing" : issue.message;
  return [{ path, message: `${typeof name === "string" ? name : "it"}: ${message}` }];
}

const isStep = (path: readonly PropertyKey[]) => path.at(-2) === "steps" && typeof path.at(-1) === "number";

/** Five kinds have five complaints each; only those about the kind that was meant are of use. */
function stepInWords(issue: z.core.$ZodIssueInvalidUnion, data: unknown): readonly Complaint[] {
  const { path } = issue;
  const step = valueIn(data, path);
  const kinds = STEP_KINDS.filter((kind) => isRecord(step) && Object.hasOwn(step, kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? "has none of them" : `has ${kinds.join(" and ")}`;
    return [{ path, message: `a step is one of ${STEP_KINDS.join(", ")}; this one ${found}` }];
  }
  const issues = issue.errors[STEP_KINDS.indexOf(kind)] ?? [];
  return issues.flatMap((one) => inWords({ ...one, path: [...path, ...one.path] }, data));
}
