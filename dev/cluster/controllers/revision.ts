// The revisions of a deployment, as annotations count them.
import { edited } from "../api-object.ts";
import { membersOf } from "../json.ts";

import type { ApiObject } from "../api-object.ts";
import type { Members } from "../json.ts";

const PREFIX = "deployment.kubernetes.io/";
export const REVISION = `${PREFIX}revision`;
const HISTORY = `${PREFIX}revision-history`;
const [DESIRED, MOST] = [`${PREFIX}desired-replicas`, `${PREFIX}max-replicas`];

/** Each has its own of these; all others a ReplicaSet takes over from its deployment. */
const OWN: readonly string[] = [
  REVISION,
  HISTORY,
  DESIRED,
  MOST,
  "kubectl.kubernetes.io/last-applied-configuration",
  "deprecated.deployment.rollback.to",
];

/** 0 for what has none. */
export function revisionOf({ metadata }: ApiObject): number {
  return Number(membersOf(metadata.annotations)[REVISION] ?? 0);
}

export function ofReplicas(replicas: number, maxSurge: number): Members {
  return { [DESIRED]: String(replicas), [MOST]: String(replicas + maxSurge) };
}

export function revised(set: ApiObject, deployment: ApiObject, revision: number): ApiObject {
  const own = membersOf(set.metadata.annotations);
  const taken = Object.entries(membersOf(deployment.metadata.annotations)).filter(([name]) => !OWN.includes(name));
  const before = revisionOf(set);
  const history = before === 0 || before === revision ? own[HISTORY] : [own[HISTORY], before].filter(Boolean).join(",");
  const annotations = {
    ...own,
    ...Object.fromEntries(taken),
    [REVISION]: String(revision),
    ...(history !== undefined && { [HISTORY]: history }),
  };
  return edited(set, { metadata: { annotations } });
}
