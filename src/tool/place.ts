// Where a call is to act, as far as a caller says it: a cluster, and a namespace in it.

import { err, ok } from "../result.ts";
import type { Target } from "../access/grant.ts";
import type { Result } from "../result.ts";
import type { InvalidInput } from "./failure.ts";

export interface Place {
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
}

/** The one cluster there is, or the named one. */
export function chooseCluster(asked: string | undefined, clusters: readonly string[]): Result<string, InvalidInput> {
  const chosen = asked ?? (clusters.length === 1 ? clusters[0] : undefined);
  if (chosen !== undefined && clusters.includes(chosen)) return ok(chosen);
  const message = `must be one of: ${clusters.join(", ")}`;
  return err({ kind: "invalid_params", issues: [{ path: "cluster", message }] });
}

/** The place itself; without a namespace, the cluster as a whole. */
export function targetAt(
  { cluster: asked, namespace }: Place,
  clusters: readonly string[],
): Result<Target, InvalidInput> {
  const cluster = chooseCluster(asked, clusters);
  if (!cluster.ok) return cluster;
  return ok(namespace === undefined ? { cluster: cluster.value } : { cluster: cluster.value, namespace });
}
