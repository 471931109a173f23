// How far each kind of workload has come: its numbers, whether its last change has reached the pods, and what is wrong.
import type { Rollout, Workload } from "../contract/index.ts";
import type {
  ApiCondition,
  ApiCronJob,
  ApiDaemonSet,
  ApiDeployment,
  ApiJob,
  ApiStatefulSet,
  Strategy,
} from "./api-workload.ts";

export type Columns = Omit<Workload, "kind" | "name" | "age_s" | "images" | "helm" | "hpa">;

export function deploymentColumns({ metadata, spec, status }: ApiDeployment): Columns {
  const { updatedReplicas: updated, readyReplicas: ready, availableReplicas: available } = status;
  const rollout = deploymentRollout({ metadata, spec, status });
  const refused = condition(status.conditions, "ReplicaFailure");
  return {
    ...{ desired: spec.replicas, ready, updated, available },
    ...strategy(spec.strategy),
    ...(spec.paused && { paused: true }),
    rollout,
    ...problem(
      refused?.status === "True" ? (refused.message ?? refused.reason ?? "its pods are refused") : undefined,
      rollout.state === "stuck" ? "its rollout is stuck" : undefined,
      notReady(ready, spec.replicas),
    ),
  };
}

/** As `kubectl rollout status` judges it; but what was complete once stays so when a pod falls ill later. */
function deploymentRollout({ metadata, spec, status }: ApiDeployment): Rollout {
  const progressing = condition(status.conditions, "Progressing");
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  if (!isSeen) return UNSEEN;
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return { state: "stuck", reason: progressing.message ?? "ProgressDeadlineExceeded" };
  }
  const { updatedReplicas: updated, replicas, availableReplicas: available } = status;
  const isOut = updated >= spec.replicas && replicas <= updated;
  if (isOut && (available >= updated || progressing?.reason === "NewReplicaSetAvailable")) return COMPLETE;
  if (spec.paused) return { state: "progressing", reason: "paused" };
  if (updated < spec.replicas) return { state: "progressing", reason: `${updated} of ${spec.replicas} pods updated` };
  if (replicas > updated) return { state: "progressing", reason: `${replicas - updated} old pods are still there` };
  return { state: "progressing", reason: `${available} of ${updated} updated pods available` };
}

export function statefulSetColumns({ metadata, spec, status }: ApiStatefulSet): Columns {
  const { updatedReplicas: updated, readyReplicas: ready, availableReplicas: available } = status;
  // Those with a lower number keep the old template until the partition is lowered.
  const wanted = Math.max(0, spec.replicas - (spec.updateStrategy?.rollingUpdate?.partition ?? 0));
  const isCurrent = status.currentRevision === status.updateRevision;
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const rollout = isCurrent ? COMPLETE : updatedOf(updated, wanted);
  return {
    ...{ desired: spec.replicas, ready, updated, available },
    ...strategy(spec.updateStrategy),
    rollout: isSeen ? rollout : UNSEEN,
    ...problem(notReady(ready, spec.replicas)),
  };
}

export function daemonSetColumns({ metadata, spec, status }: ApiDaemonSet): Columns {
  const { desiredNumberScheduled: desired, numberReady: ready, updatedNumberScheduled: updated } = status;
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return {
    ...{ desired, ready, updated, available: status.numberAvailable },
    ...strategy(spec.updateStrategy),
    rollout: isSeen ? updatedOf(updated, desired) : UNSEEN,
    ...problem(notReady(ready, desired)),
  };
}

export function jobColumns({ spec, status }: ApiJob): Columns {
  const failed = holds(status.conditions, "Failed");
  const state = jobState(status.conditions);
  return {
    desired: spec.completions ?? spec.parallelism,
    ...{ ready: status.ready, active: status.active, succeeded: status.succeeded, failed: status.failed },
    ...(spec.suspend && { suspended: true }),
    rollout: { state, ...(failed?.reason && { reason: failed.reason }) },
    ...problem(failed && (failed.message ?? failed.reason ?? "it failed")),
  };
}

function jobState(conditions: readonly ApiCondition[]): Rollout["state"] {
  if (holds(conditions, "Failed")) return "stuck";
  return holds(conditions, "Complete") ? "complete" : "progressing";
}

export function cronJobColumns({ spec, status }: ApiCronJob): Columns {
  const { lastScheduleTime: scheduled, lastSuccessfulTime: succeeded } = status;
  const isBehind = scheduled && (!succeeded || Date.parse(succeeded) < Date.parse(scheduled));
  return {
    schedule: spec.timeZone ? `${spec.schedule} (${spec.timeZone})` : spec.schedule,
    active: status.active.length,
    ...(spec.suspend && { suspended: true }),
    ...(scheduled && { last_scheduled_at: scheduled }),
    ...(succeeded && { last_succeeded_at: succeeded }),
    // While one runs, nobody knows yet.
    ...problem(isBehind && status.active.length === 0 ? "its last run did not succeed" : undefined),
  };
}

const COMPLETE: Rollout = { state: "complete" };
const UNSEEN: Rollout = { state: "progressing", reason: "its controller has not seen the last change yet" };

function updatedOf(updated: number, wanted: number): Rollout {
  return updated >= wanted ? COMPLETE : { state: "progressing", reason: `${updated} of ${wanted} pods updated` };
}

function notReady(ready: number, desired: number): string | undefined {
  return ready < desired ? `${ready} of ${desired} pods ready` : undefined;
}

/** The nearest to the cause first; the first that holds is told. */
function problem(...words: readonly (string | undefined)[]): Pick<Workload, "problem"> {
  const first = words.find((word) => word !== undefined);
  return first === undefined ? {} : { problem: first };
}

function condition(conditions: readonly ApiCondition[], type: string): ApiCondition | undefined {
  return conditions.find((one) => one.type === type);
}

export function holds(conditions: readonly ApiCondition[], type: string): ApiCondition | undefined {
  return conditions.find((one) => one.type === type && one.status === "True");
}

function strategy(given: Strategy): Pick<Workload, "strategy"> {
  if (!given?.type) return {};
  const { maxSurge, maxUnavailable, partition } = given.rollingUpdate ?? {};
  const words = [
    given.type,
    ...(maxSurge ? [`max surge ${maxSurge}`] : []),
    ...(maxUnavailable ? [`max unavailable ${maxUnavailable}`] : []),
    ...(partition ? [`partition ${partition}`] : []),
  ];
  return { strategy: words.join(", ") };
}
