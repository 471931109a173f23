// Label and field selectors, judged before the API server sees them: its grammar, less what nobody needs, with words that help.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { readLabelTerms } from "./label-terms.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

const MAX_LENGTH = 1024;
const MAX_TERMS = 20;

/** What the API server can select by, per resource; every resource has a name and, where it is in one, a namespace. */
const FIELDS = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  events: [
    "type",
    "reason",
    "source",
    "reportingComponent",
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.fieldPath",
  ],
  nodes: ["spec.unschedulable"],
  namespaces: ["status.phase"],
  replicasets: ["status.replicas"],
  replicationcontrollers: ["status.replicas"],
  jobs: ["status.successful"],
} as const satisfies Record<string, readonly string[]>;

export interface Selectors {
  readonly label?: string | undefined;
  readonly field?: string | undefined;
  /** The resource in the plural, which decides the fields there are. */
  readonly resource: string;
}

export interface SelectorQuery {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Both selectors checked, as the query parameters of a list. */
export function selectorQuery({ label, field, resource }: Selectors): Result<SelectorQuery, Failure> {
  const labels = label === undefined ? ok(undefined) : checkLabelSelector(label);
  if (!labels.ok) return labels;
  const fields = field === undefined ? ok(undefined) : checkFieldSelector(field, resource);
  if (!fields.ok) return fields;
  return ok({
    ...(labels.value !== undefined && { labelSelector: labels.value }),
    ...(fields.value !== undefined && { fieldSelector: fields.value }),
  });
}

/** The selector as it was given, when it is one: `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a)`, `k`, `!k`. */
export function checkLabelSelector(text: string): Result<string, Failure> {
  const terms = text.length > MAX_LENGTH ? refuse("label_selector", tooLong()) : readLabelTerms(text);
  if (!terms.ok) return terms;
  return terms.value.length > MAX_TERMS ? refuse("label_selector", tooMany(terms.value.length)) : ok(text);
}

/** The selector as it was given, when every field of it is one that the resource can be selected by. */
export function checkFieldSelector(text: string, resource: string): Result<string, Failure> {
  if (text.length > MAX_LENGTH) return refuse("field_selector", tooLong());
  const terms = text.split(",");
  if (terms.length > MAX_TERMS) return refuse("field_selector", tooMany(terms.length));

  const allowed = selectableFields(resource);
  for (const term of terms) {
    const [, field, value] = /^([A-Za-z0-9.]+)(?:==|!=|=)([A-Za-z0-9_.:/-]{0,253})$/.exec(term) ?? [];
    if (field === undefined || value === undefined) {
      return refuse("field_selector", `${quote(term)} is not field=value or field!=value`);
    }
    if (!allowed.includes(field)) {
      return refuse("field_selector", `${resource} cannot be selected by ${field}; allowed: ${allowed.join(", ")}`);
    }
  }
  return ok(text);
}

function selectableFields(resource: string): readonly string[] {
  const own = Object.entries(FIELDS).find(([name]) => name === resource)?.[1] ?? [];
  return ["metadata.name", "metadata.namespace", ...own];
}

/** Terms that code adds to what a caller asked for; all of them must hold. */
export function allOf(...terms: readonly (string | undefined)[]): string | undefined {
  const given = terms.filter((term) => term !== undefined && term !== "");
  return given.length === 0 ? undefined : given.join(",");
}

const tooLong = () => `may have ${MAX_LENGTH} characters at most`;
const tooMany = (count: number) => `may have ${MAX_TERMS} terms at most, not ${count}`;

export const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

export function refuse(parameter: string, why: string) {
  return fail("invalid_request", `${parameter}: ${why}`);
}
