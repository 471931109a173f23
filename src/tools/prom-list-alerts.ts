// The alerts that fire or are about to.

import { Alert, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const promListAlerts = defineReading({
  name: "prom.list_alerts",
  description:
    "List firing and pending Prometheus alerts, most urgent first: labels, summary, runbook, the query behind each, and what silences it.",
  requires: "prometheus:query",
  rate: "30/minute",
  route: ROUTES.listAlerts,
  scope: "granted",
  output: () => z.object({ alerts: z.array(Alert()), meta: Meta() }),

  answer({ alerts, total, hint }, asked) {
    const { shown, meta } = fit(alerts, asked, { total, narrower: "a severity, a namespace or a name", hint });
    return { alerts: shown, meta };
  },
});
