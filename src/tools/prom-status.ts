// How the Prometheus server itself is.

import { ROUTES } from "k8s-proxy/contract";
import { defineReading } from "../reading/define-reading.ts";
import { Meta, metaOf } from "../reading/meta.ts";

const route = ROUTES.prometheusStatus;

export const promStatus = defineReading({
  name: "prom.status",
  description:
    "State of the Prometheus server: version, uptime, retention, number of series, the metrics and labels that fill it, and whether its configuration loaded.",
  requires: "prometheus:admin",
  rate: "10/minute",
  route,
  scope: "cluster",
  output: () => route.data.extend({ meta: Meta() }),

  answer: (response, asked) => ({ ...route.data.parse(response), meta: metaOf(asked) }),
});
