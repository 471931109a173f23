// What is wrong in a namespace, and what to look at next: the call to begin an incident with.

import { Finding, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

const Counts = z.record(z.string(), z.int());

export const k8sDiagnose = defineReading({
  name: "k8s.diagnose",
  description:
    "Find what is wrong in a namespace: pods, rollouts, jobs, services, volumes, quotas, alerts. Causes with evidence and the calls to make next. Start here.",
  requires: "k8s:read",
  rate: "10/minute",
  cost: 3,
  route: ROUTES.diagnose,
  scope: "namespace",
  output: () => z.object({ findings: z.array(Finding), looked_at: Counts, healthy: Counts, meta: Meta }),

  answer({ findings, total, looked_at, healthy }, asked) {
    const { shown, meta } = fit(findings, asked, {
      total,
      narrower: "a workload or a pod",
      besideBytes: 512,
      limitedBy: null,
    });
    return { findings: shown, looked_at, healthy, meta };
  },
});
