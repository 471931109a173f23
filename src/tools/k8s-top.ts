// What pods or nodes use at this moment, the largest first.

import { ROUTES, Usage } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const k8sTop = defineReading({
  name: "k8s.top",
  description:
    "Current CPU (millicores) and memory (MiB) of pods or nodes, largest first, as a share of requests and limits or of what can be allocated.",
  requires: "k8s:read",
  rate: "30/minute",
  route: ROUTES.top,
  scope: "granted",
  output: () => z.object({ usage: z.array(Usage()), meta: Meta().extend({ source: ROUTES.top.data.shape.source }) }),

  answer({ usage, total, source }, asked) {
    const { shown, meta } = fit(usage, asked, { total, narrower: "a namespace or a label_selector" });
    return { usage: shown, meta: { ...meta, source } };
  },
});
