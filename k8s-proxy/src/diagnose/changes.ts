// What the newest rollout of a workload changed: on an incident, the first thing that is asked.
import { rolloutHistory } from "../kubernetes/rollout-history.ts";

import type { State } from "./state.ts";

/** What is older than a day has lived through better times, and is no news. */
const RECENT_MS = 24 * 3_600_000;

/** Of a Deployment, by its `Deployment/name`; nothing where it is not one, or where nothing changed of late. */
export function whatChanged(object: string, { deployments, replicaSets, now }: State): string | undefined {
  const deployment = deployments.find(({ metadata }) => object === `Deployment/${metadata.name}`);
  const [newest] = deployment ? rolloutHistory(deployment, replicaSets) : [];
  if (!newest || newest.changes.length === 0 || now - Date.parse(newest.createdAt) > RECENT_MS) return undefined;
  return `revision ${newest.revision}, of ${newest.createdAt}, changed ${newest.changes.join("; ")}`;
}
