// The guard on the near side: a query that the proxy would refuse costs no round trip.

import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { InvalidInput } from "../tool/failure.ts";
import type { Look } from "./define-reading.ts";

/** The query in its one normal form: equal questions are equal texts. */
export async function normalPromql(query: string, look: Look): Promise<Result<string, InvalidInput>> {
  // The grammar's tables are unpacked as it is loaded, and most instances are never asked about metrics.
  const { checkPromql } = await import("k8s-proxy/contract/promql");
  const checked = checkPromql(query, look);
  if (checked.ok) return ok(checked.value.normalised);
  return err({ kind: "invalid_params", issues: [{ path: "query", message: checked.error }] });
}
