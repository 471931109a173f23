// Jobs that failed, and schedules that do not run.
import * as calls from "./calls.ts";
import { told, warningsOf } from "./state.ts";

import type { ApiCronJob, ApiJob } from "../kubernetes/api-workload.ts";
import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

export function jobFindings(state: State): readonly Found[] {
  return [
    ...state.jobs.flatMap((job) => failedJob(job, state)),
    ...state.cronJobs.flatMap((cronJob) => troubledCronJob(cronJob, state)),
  ];
}

function failedJob(job: ApiJob, state: State): readonly Found[] {
  const failed = job.status.conditions.find(({ type, status }) => type === "Failed" && status === "True");
  if (!failed) return [];
  const { name, ownerReferences } = job.metadata;
  const schedule = ownerReferences.find(({ kind }) => kind === "CronJob");
  const isLate = failed.reason === "DeadlineExceeded";
  return [
    {
      code: isLate ? "DeadlineExceeded" : "JobFailed",
      object: `Job/${name}`,
      group: schedule ? `CronJob/${schedule.name}` : `Job/${name}`,
      summary: isLate
        ? `Job ${name} was ended because it took longer than its deadline.`
        : `Job ${name} failed${failed.reason ? `: ${failed.reason}` : ""}.`,
      evidence: [failed.message, ...warningsOf(state, "Job", name).slice(0, 2).map(told)],
      calls: [calls.logs(state.namespace, `Job/${name}`), ...calls.workload(state.namespace, `Job/${name}`)],
    },
  ];
}

function troubledCronJob({ metadata, spec, status }: ApiCronJob, state: State): readonly Found[] {
  const object = `CronJob/${metadata.name}`;
  const common = { object, group: object, calls: calls.workload(state.namespace, object) };
  if (spec.suspend) {
    const summary = `CronJob ${metadata.name} is suspended: it starts nothing.`;
    return [{ ...common, code: "CronJobSuspended", summary, evidence: [] }];
  }
  const { lastScheduleTime: scheduled, lastSuccessfulTime: succeeded } = status;
  const hasFailedSince = state.jobs.some(
    (job) =>
      job.metadata.ownerReferences.some(({ kind, name }) => kind === "CronJob" && name === metadata.name) &&
      job.status.conditions.some((condition) => condition.type === "Failed" && condition.status === "True"),
  );
  if (!scheduled || !hasFailedSince || (succeeded && Date.parse(succeeded) >= Date.parse(scheduled))) return [];
  const summary = `CronJob ${metadata.name} has not succeeded since ${succeeded ?? "it was made"}; it was last due at ${scheduled}.`;
  return [{ ...common, code: "CronJobFailing", summary, evidence: [`schedule ${spec.schedule}`] }];
}
