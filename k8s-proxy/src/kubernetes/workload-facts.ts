// Every kind of workload in one form: what lists and single readings show of it, whatever its kind calls the numbers.
import {
  cronJobColumns,
  daemonSetColumns,
  deploymentColumns,
  jobColumns,
  statefulSetColumns,
} from "./workload-columns.ts";
import { ApiCronJob, ApiDaemonSet, ApiDeployment, ApiJob, ApiStatefulSet } from "./api-workload.ts";

import type * as z from "zod";
import type { WorkloadKind } from "../contract/index.ts";
import type { PodTemplate } from "./api-template.ts";
import type { ApiCondition, LabelSelector, Metadata } from "./api-workload.ts";
import type { Columns } from "./workload-columns.ts";

export interface WorkloadFacts {
  readonly kind: WorkloadKind;
  readonly metadata: z.output<typeof Metadata>;
  readonly template: PodTemplate;
  /** Its pods; a CronJob has none of its own. */
  readonly selector: LabelSelector;
  readonly conditions: readonly ApiCondition[];
  readonly columns: Columns;
}

interface Readable {
  /** Before the namespace. */
  readonly group: readonly string[];
  readonly resource: string;
  readonly item: z.ZodType<WorkloadFacts>;
}

const APPS = ["apis", "apps", "v1"];
const BATCH = ["apis", "batch", "v1"];

export const WORKLOADS: Readonly<Record<WorkloadKind, Readable>> = {
  Deployment: {
    group: APPS,
    resource: "deployments",
    item: ApiDeployment.transform((one) => ({ kind: "Deployment", ...shared(one), columns: deploymentColumns(one) })),
  },
  StatefulSet: {
    group: APPS,
    resource: "statefulsets",
    item: ApiStatefulSet.transform((one) => ({
      kind: "StatefulSet",
      ...shared(one),
      columns: statefulSetColumns(one),
    })),
  },
  DaemonSet: {
    group: APPS,
    resource: "daemonsets",
    item: ApiDaemonSet.transform((one) => ({ kind: "DaemonSet", ...shared(one), columns: daemonSetColumns(one) })),
  },
  Job: {
    group: BATCH,
    resource: "jobs",
    item: ApiJob.transform((one) => ({ kind: "Job", ...shared(one), columns: jobColumns(one) })),
  },
  CronJob: {
    group: BATCH,
    resource: "cronjobs",
    item: ApiCronJob.transform((one) => ({
      kind: "CronJob",
      metadata: one.metadata,
      template: one.spec.jobTemplate.spec.template,
      selector: undefined,
      conditions: [],
      columns: cronJobColumns(one),
    })),
  },
};

function shared({ metadata, spec, status }: ApiDeployment | ApiStatefulSet | ApiDaemonSet | ApiJob) {
  return { metadata, template: spec.template, selector: spec.selector, conditions: status.conditions };
}

/** Of a namespace, or of one object in it. */
export function workloadPath(kind: WorkloadKind, namespace: string, name?: string): readonly string[] {
  const { group, resource } = WORKLOADS[kind];
  return [...group, "namespaces", namespace, resource, ...(name === undefined ? [] : [name])];
}
