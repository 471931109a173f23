// The rules that Prometheus evaluates, and whether it can.

import { ROUTES, Rule } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const promListRules = defineReading({
  name: "prom.list_rules",
  description:
    "List Prometheus alerting and recording rules with their queries, health and last error. Ask with health: err for rules that cannot be evaluated.",
  requires: "prometheus:query",
  rate: "20/minute",
  route: ROUTES.listRules,
  scope: "granted",
  output: () => z.object({ rules: z.array(Rule()), meta: Meta() }),

  answer({ rules, total, hint, continue: next }, asked) {
    const { shown, meta } = fit(rules, asked, { total, next, narrower: "a group, a name or a health", hint });
    return { rules: shown, meta };
  },
});
