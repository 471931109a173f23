// Whether a run is good: every scenario proved something, nothing failed but what is expected to.

import type { Expected } from "./expected.ts";
import type { Run, Scenario } from "./suite.ts";

export interface Verdict {
  /** Scenarios in which nothing failed at all. */
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

interface Failure {
  readonly key: string;
  readonly why: string;
}

export function judge({ scenarios, fault }: Run, expected: Expected): Verdict {
  const all = scenarios.map((scenario) => ({ scenario, failures: failuresOf(scenario) }));
  const failures = all.flatMap((one) => one.failures);
  const failed = new Set(failures.flatMap(({ key }) => [key, scenarioOf(key)]));
  const isExcused = ({ key }: Failure) => expected[key] !== undefined || expected[scenarioOf(key)] !== undefined;
  const ran = new Set(scenarios.map(({ name }) => name));
  const stale = Object.keys(expected).filter((key) => ran.has(scenarioOf(key)) && !failed.has(key));

  return {
    passed: all.filter((one) => one.failures.length === 0).length,
    faults: [
      ...(fault === undefined ? [] : [fault]),
      ...failures.filter((failure) => !isExcused(failure)).map(({ key, why }) => `${key}: ${why}`),
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

/** A scenario in which nothing succeeded has failed, even if nothing failed in it either. */
function failuresOf({ name, checks }: Scenario): readonly Failure[] {
  const failed = checks
    .filter(({ status }) => status === "FAILURE")
    .map(({ id, errorMessage }) => ({ key: `${name}:${id}`, why: short(errorMessage) }));
  const isProof =
    EMPTY.includes(name) || checks.some(({ id, status }) => status === "SUCCESS" && !id.startsWith(VACUOUS));
  return isProof || failed.length > 0 ? failed : [{ key: name, why: "no check succeeded" }];
}

function scenarioOf(key: string): string {
  return key.split(":")[0] ?? key;
}

function short(message = "no reason given"): string {
  return message.length > 400 ? `${message.slice(0, 400)}…` : message;
}
