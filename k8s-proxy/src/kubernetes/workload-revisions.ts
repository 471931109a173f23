// What a workload was before: its revisions, or the jobs that a schedule has started.
import { holds } from "./workload-columns.ts";
import { historyOf, rolloutHistory } from "./rollout-history.ts";

import type * as z from "zod";
import type { Revision as ShownRevision, ROUTES } from "../contract/index.ts";
import type { ApiJob } from "./api-workload.ts";
import type { Revision, Version } from "./rollout-history.ts";
import type { WorkloadFacts } from "./workload-facts.ts";
import type { Around } from "./workload-reads.ts";

type Job = NonNullable<z.output<typeof ROUTES.getWorkload.data>["jobs"]>[number];

export function revisionsOf(
  facts: WorkloadFacts,
  { replicaSets, controllerRevisions }: Pick<Around, "replicaSets" | "controllerRevisions">,
): ShownRevision[] {
  if (facts.kind === "Deployment") return rolloutHistory(facts, replicaSets).map(toShown);
  const own = controllerRevisions.filter(({ metadata }) =>
    metadata.ownerReferences.some(({ kind, name }) => kind === facts.kind && name === facts.metadata.name),
  );
  const versions = own.flatMap(({ metadata, revision, data }): Version[] => {
    const template = data?.spec?.template;
    return template ? [{ revision, createdAt: metadata.creationTimestamp, template }] : [];
  });
  return historyOf(versions).map(toShown);
}

function toShown({ revision, createdAt, replicas, images, changes }: Revision): ShownRevision {
  return {
    revision,
    created_at: createdAt,
    ...(replicas !== undefined && { replicas }),
    images: [...new Set(images)],
    changes: [...changes],
  };
}

export function jobsOf({ kind }: WorkloadFacts, { jobs }: Pick<Around, "jobs">): Job[] {
  if (kind !== "CronJob") return [];
  return jobs.map((job) => ({
    name: job.metadata.name,
    state: stateOf(job),
    ...(job.status.startTime && { started_at: job.status.startTime }),
    ...(job.status.completionTime && { completed_at: job.status.completionTime }),
  }));
}

function stateOf({ spec, status }: ApiJob): Job["state"] {
  if (holds(status.conditions, "Complete")) return "complete";
  if (holds(status.conditions, "Failed")) return "failed";
  return spec.suspend ? "suspended" : "running";
}
