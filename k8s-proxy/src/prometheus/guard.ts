// The authority over what Prometheus is asked: nothing reaches it that has not passed here, whatever the Worker checked.
import { checkPromql, namespaceMatcher } from "../contract/promql/index.ts";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { safe } from "../safe.ts";

import type { Checked, Namespaces } from "../contract/promql/index.ts";
import type { Failure } from "../failure.ts";
import type { Reach } from "../reach.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Prometheus } from "./client.ts";

const MAX_WARNINGS = 5;
const MAX_WARNING_LENGTH = 200;

export function namespacesOf(reach: Reach): Namespaces {
  return reach.isEverything ? "all" : reach.patterns;
}

export function checked(query: string, { reach, now }: Reading): Result<Checked, Failure> {
  const passed = checkPromql(query, { namespaces: namespacesOf(reach), now: now() });
  return passed.ok ? passed : fail("invalid_request", passed.error);
}

export function configured({ prometheus }: Reading): Result<Prometheus, Failure> {
  if (prometheus) return ok(prometheus);
  return fail("not_offered", "This cluster has no Prometheus behind its proxy", {
    detail: "set PROMETHEUS_URL to have one",
  });
}

/** What belongs to no namespace is only for those who may see all of them. */
export function wholeCluster({ reach }: Reading, what: string): Result<undefined, Failure> {
  if (reach.isEverything) return ok(undefined);
  const [pattern = "…"] = reach.patterns;
  return fail(
    "namespace_not_allowed",
    `${what} no namespace, and this call reaches some namespaces only; ask up{${namespaceMatcher([pattern])}} with prom.query_simple instead`,
  );
}

/** Prometheus' own remarks, for the reader of the answer. */
export function passOn(warnings: readonly string[], { warn }: Reading): void {
  for (const warning of warnings.slice(0, MAX_WARNINGS)) warn(safe(warning, MAX_WARNING_LENGTH));
}
