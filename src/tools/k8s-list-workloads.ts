// The workloads of a namespace, and how far each has come.

import { ROUTES, Workload } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const k8sListWorkloads = defineReading({
  name: "k8s.list_workloads",
  description:
    "List Deployments, StatefulSets, DaemonSets, Jobs and CronJobs of a namespace, those in trouble first: desired and ready pods, rollout state, images, Helm release, autoscaler.",
  requires: "k8s:read",
  rate: "60/minute",
  route: ROUTES.listWorkloads,
  scope: "namespace",
  output: () => z.object({ workloads: z.array(Workload()), meta: Meta() }),

  answer({ workloads, total, continue: next }, asked) {
    const narrower = "only_problems, kinds or a label_selector";
    const { shown, meta } = fit(workloads, asked, { total, next, narrower });
    return { workloads: shown, meta };
  },
});
