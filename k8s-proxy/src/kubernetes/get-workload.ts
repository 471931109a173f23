// Answers what one workload is: itself, what its revisions changed, what stands around it, and what happened to it.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { readObject } from "./lists.ts";
import { toWorkloadDetail } from "./workload-detail.ts";
import { WORKLOADS, workloadPath } from "./workload-facts.ts";
import { readAround } from "./workload-reads.ts";
import { jobsOf, revisionsOf } from "./workload-revisions.ts";
import { budgetsOf, podsSummary, servicesOf } from "./workload-surroundings.ts";
import { workloadEvents } from "./workload-events.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";

export const getWorkload: Handles<typeof ROUTES.getWorkload> = async (asked, reading) => {
  const { namespace, kind, name } = asked;
  const path = workloadPath(kind, namespace, name);
  const found = await readObject({ path, item: WORKLOADS[kind].item, what: `a ${kind}` }, reading);
  if (!found.ok && found.error.reason === "not_found") {
    return fail(
      "not_found",
      `There is no ${kind} ${name} in namespace ${namespace}; k8s.list_workloads shows those there are`,
    );
  }
  if (!found.ok) return found;

  const facts = found.value;
  const around = await readAround({ facts, namespace, withEvents: asked.events > 0 }, reading);
  const revisions = revisionsOf(facts, around);
  const jobs = jobsOf(facts, around);
  const services = servicesOf(facts.template, around.services, around.endpointSlices);
  const budgets = budgetsOf(facts.template, around.pdbs);
  return ok({
    workload: toWorkloadDetail(facts, { now: reading.now(), hpas: around.hpas }),
    ...(revisions.length > 0 && { revisions }),
    ...(jobs.length > 0 && { jobs }),
    ...(around.pods && { pods: podsSummary(around.pods, reading.now()) }),
    ...(services.length > 0 && { services }),
    ...(budgets.length > 0 && { disruption_budgets: budgets }),
    events: workloadEvents(facts, around).slice(0, asked.events),
  });
};
