// Whether a run is good: every scenario proved something, nothing failed but what is expected to.

import type { Expected } from "./expected.ts";
import type { Run, Scenario } from "./suite.ts";

export interface Verdict {
  readonly passed: number;
  readonly faults: readonly string[];
  /** The expected failures that were met. */
  readonly excused: readonly string[];
  /** What the specification wishes for and does not demand. */
  readonly warnings: readonly string[];
}

/** Checked in every scenario, and true of a server that says nothing at all. */
const VACUOUS = "wire-schema";
/** Announced by the suite itself as having no test yet. */
const EMPTY: readonly string[] = ["tasks-status-notifications"];

export function judge({ scenarios, fault }: Run, expected: Expected): Verdict {
  const failures = scenarios.flatMap(({ name, checks }) =>
    checks.filter(({ status }) => status === "FAILURE").map((check) => ({ key: `${name}:${check.id}`, check })),
  );
  const isExpected = (key: string) => expected[key] !== undefined;
  const failed = new Set(failures.map(({ key }) => key));
  const ran = new Set(scenarios.map(({ name }) => name));
  const stale = Object.keys(expected).filter((key) => !failed.has(key) && ran.has(key.split(":")[0] ?? ""));
  const empty = scenarios.filter((scenario) => !provesSomething(scenario)).map(({ name }) => name);

  return {
    passed: scenarios.filter((scenario) => isGood(scenario, isExpected)).length,
    faults: [
      ...(fault === undefined ? [] : [fault]),
      ...empty.map((name) => `${name}: no check succeeded`),
      ...failures.filter(({ key }) => !isExpected(key)).map(({ key, check }) => `${key}: ${short(check.errorMessage)}`),
      ...stale.map(
        (key) => `${key}: expected to fail, and does not any more: take it from dev/conformance/expected.ts`,
      ),
    ],
    excused: Object.keys(expected).filter((key) => failed.has(key)),
    warnings: scenarios.flatMap(({ name, checks }) =>
      checks
        .filter(({ status }) => status === "WARNING")
        .map(({ id, errorMessage }) => `${name}:${id}: ${short(errorMessage)}`),
    ),
  };
}

function isGood(scenario: Scenario, isExpected: (key: string) => boolean): boolean {
  const isClean = scenario.checks.every(
    ({ id, status }) => status !== "FAILURE" || isExpected(`${scenario.name}:${id}`),
  );
  return isClean && provesSomething(scenario);
}

function provesSomething({ name, checks }: Scenario): boolean {
  return EMPTY.includes(name) || checks.some(({ id, status }) => status === "SUCCESS" && !id.startsWith(VACUOUS));
}

function short(message = "no reason given"): string {
  return message.length > 400 ? `${message.slice(0, 400)}…` : message;
}
