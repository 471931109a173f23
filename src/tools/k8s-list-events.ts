// What happened lately in a namespace, or wherever the caller may look.

import { Event, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const k8sListEvents = defineReading({
  name: "k8s.list_events",
  description:
    "List recent Kubernetes events, newest first, those alike folded into one with a count: why something was not scheduled, pulled, started or kept.",
  requires: "k8s:read",
  rate: "60/minute",
  route: ROUTES.listEvents,
  scope: "granted",
  output: () => z.object({ events: z.array(Event()), meta: Meta() }),

  answer({ events, total }, asked) {
    const narrower = "type: Warning, a reason, a name or a shorter since";
    const { shown, meta } = fit(events, asked, { total, narrower });
    return { events: shown, meta };
  },
});
