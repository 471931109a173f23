// What a deployment says of itself: how many of its replicas are of the latest template, and whether the rollout gets on.
import * as z from "zod";
import { isSame } from "../json.ts";
import { rfc3339 } from "../rfc3339.ts";
import { wantedOf } from "./replica-set.ts";

import type { ApiObject } from "../api-object.ts";
import type { Members } from "../json.ts";

export interface Seen {
  readonly deployment: ApiObject;
  readonly sets: readonly ApiObject[];
  /** The one of its template; none while it is paused and has none. */
  readonly current: ApiObject | undefined;
  readonly maxUnavailable: number;
  readonly nowMs: number;
}

const Counts = z.object({
  replicas: z.int().default(0),
  readyReplicas: z.int().default(0),
  availableReplicas: z.int().default(0),
  terminatingReplicas: z.int().default(0),
  updatedReplicas: z.int().default(0),
});
type Counts = z.output<typeof Counts>;

const Condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
  lastUpdateTime: z.string().default(""),
  lastTransitionTime: z.string().default(""),
});
type Condition = z.output<typeof Condition>;

const Conditions = z.object({ conditions: z.array(Condition).default([]) });
const Spec = z.object({ progressDeadlineSeconds: z.int().default(600) });

export interface Verdict {
  /** Members that are undefined are to be left out. */
  readonly status: Members;
  /** When a rollout that does not get on is to be given up, if nothing happens before. */
  readonly lookAgainMs: number | undefined;
}

export function deploymentStatus(seen: Seen): Verdict {
  const { deployment, sets, current } = seen;
  const counts = sum(sets.map((set) => Counts.parse(set.status ?? {})));
  const updated = current ? Counts.parse(current.status ?? {}).replicas : 0;
  const now = { ...counts, updatedReplicas: updated };
  const before = Conditions.parse(deployment.status ?? {}).conditions;
  const progress = progressOf(
    seen,
    now,
    before.find(({ type }) => type === "Progressing"),
  );
  const available = availabilityOf(seen, now);
  const failure = Conditions.parse(current?.status ?? {}).conditions.find(({ type }) => type === "ReplicaFailure");
  const conditions = [available, ...(failure ? [failure] : []), ...(progress ? [progress] : [])].map((condition) =>
    dated(
      condition,
      before.find(({ type }) => type === condition.type),
      rfc3339(seen.nowMs),
    ),
  );
  const count = (replicas: number) => (replicas === 0 ? undefined : replicas);
  const wanted = sets.reduce((all, set) => all + wantedOf(set), 0);
  return {
    status: {
      observedGeneration: deployment.metadata.generation,
      replicas: count(now.replicas),
      updatedReplicas: count(updated),
      readyReplicas: count(now.readyReplicas),
      availableReplicas: count(now.availableReplicas),
      unavailableReplicas: count(Math.max(0, wanted - now.availableReplicas)),
      terminatingReplicas: now.terminatingReplicas,
      conditions,
    },
    lookAgainMs: lookAgain(
      seen,
      conditions.find(({ type }) => type === "Progressing"),
    ),
  };
}

function sum(counts: readonly Counts[]): Counts {
  const total = (name: keyof Counts) => counts.reduce((all, one) => all + one[name], 0);
  return {
    replicas: total("replicas"),
    readyReplicas: total("readyReplicas"),
    availableReplicas: total("availableReplicas"),
    terminatingReplicas: total("terminatingReplicas"),
    updatedReplicas: 0,
  };
}

type Told = Pick<Condition, "type" | "status" | "reason" | "message"> & Partial<Condition>;

function availabilityOf({ deployment, maxUnavailable }: Seen, { availableReplicas }: Counts): Told {
  const is = availableReplicas >= wantedOf(deployment) - maxUnavailable;
  return {
    type: "Available",
    status: is ? "True" : "False",
    reason: is ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: is ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
  };
}

const COMPLETE = "NewReplicaSetAvailable";

/** What has been complete stays so while its replicas are all of the latest template, well or not. */
function progressOf(seen: Seen, now: Counts, before: Condition | undefined): Told | undefined {
  const { deployment, current, nowMs } = seen;
  if (!current || (before?.reason === COMPLETE && now.replicas === now.updatedReplicas)) {
    return before;
  }
  const set = `ReplicaSet "${current.metadata.name}"`;
  const told = (reason: string, message: string, status = "True") => ({ type: "Progressing", status, reason, message });
  const wanted = wantedOf(deployment);
  const isComplete = [now.replicas, now.updatedReplicas, now.availableReplicas].every((count) => count === wanted);
  if (isComplete) return told(COMPLETE, `${set} has successfully progressed.`);

  const old = Counts.parse(deployment.status ?? {});
  const isMoving =
    before === undefined ||
    before.reason === COMPLETE ||
    now.updatedReplicas > old.updatedReplicas ||
    now.replicas - now.updatedReplicas < old.replicas - old.updatedReplicas ||
    now.readyReplicas > old.readyReplicas ||
    now.availableReplicas > old.availableReplicas;
  if (isMoving) return { ...told("ReplicaSetUpdated", `${set} is progressing.`), lastUpdateTime: rfc3339(nowMs) };
  const isLate = nowMs >= deadlineOf(deployment, before) && before.reason !== COMPLETE;
  return isLate ? told("ProgressDeadlineExceeded", `${set} has timed out progressing.`, "False") : before;
}

function deadlineOf({ spec }: ApiObject, { lastUpdateTime }: Condition): number {
  return Date.parse(lastUpdateTime) + 1_000 * Spec.parse(spec).progressDeadlineSeconds;
}

function lookAgain({ deployment, nowMs }: Seen, progress: Condition | undefined): number | undefined {
  if (progress?.reason !== "ReplicaSetUpdated") return undefined;
  return Math.max(1_000, deadlineOf(deployment, progress) - nowMs);
}

/** Said again, it is as old as it was; turned over, it is new. */
function dated(told: Told, before: Condition | undefined, at: string): Condition {
  const { lastUpdateTime, ...rest } = told;
  const isSaidAgain =
    before !== undefined &&
    isSame([before.status, before.reason, before.message], [told.status, told.reason, told.message]);
  const isTurned = before?.status !== told.status;
  return {
    ...rest,
    lastUpdateTime: lastUpdateTime ?? (isSaidAgain ? before.lastUpdateTime : at),
    lastTransitionTime: isTurned ? at : before.lastTransitionTime,
  };
}
