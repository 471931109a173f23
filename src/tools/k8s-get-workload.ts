// Everything about one workload that explains its state, what its last revisions changed first of all.

import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength, isLongerThan } from "../bytes.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

/** The workload's share of an answer; its events have the rest. */
const MAX_WORKLOAD_BYTES = 24 * 1024;

const route = ROUTES.getWorkload;
/** Without what the proxy adds to every answer, and without the events, which are cut as a list. */
type Answered = Omit<z.output<typeof route.data>, "events">;

export const k8sGetWorkload = defineReading({
  name: "k8s.get_workload",
  description:
    "Show one workload: what each of its last revisions changed (images, env names, resources, probes), containers, conditions, autoscaler, budgets, services, pods, events.",
  requires: "k8s:read",
  rate: "30/minute",
  route,
  scope: "namespace",
  output: () => z.object({ ...route.data.shape, meta: Meta() }),

  answer(response, asked) {
    const { events, ...whole } = route.data.parse(response);
    const { answered, leftOut } = fitting(whole);
    const besideBytes = byteLength(JSON.stringify(answered));
    const narrower = "k8s.list_events";
    const { shown, meta } = fit(events, asked, { narrower, besideBytes, limitedBy: "events" });
    if (leftOut.length === 0) return { ...answered, events: shown, meta };
    const hint = `This workload is too large for one answer, left out: ${leftOut.join(", ")}. k8s.get_resource has its parts by path.`;
    return { ...answered, events: shown, meta: { ...meta, truncated: true, hint } };
  },
});

interface Fitting {
  readonly answered: Answered;
  /** In words, what does not stand in it. */
  readonly leftOut: readonly string[];
}

/** What explains a state stays longest; what only describes goes first. */
const STEPS: readonly (readonly [string, (whole: Answered) => Answered])[] = [
  ["labels", ({ workload: { labels: _, ...workload }, ...rest }) => ({ ...rest, workload })],
  ["all but names and images of containers", (whole) => ({ ...whole, workload: slim(whole.workload) })],
  ["revisions before the last two", (whole) => ({ ...whole, revisions: whole.revisions?.slice(0, 2) })],
  ["services", ({ services: _, ...rest }) => rest],
  ["containers", (whole) => ({ ...whole, workload: { ...whole.workload, containers: [], images: [] } })],
  ["revisions", ({ revisions: _, ...rest }) => rest],
  ["disruption budgets", ({ disruption_budgets: _, ...rest }) => rest],
  ["conditions", ({ workload: { conditions: _, ...workload }, ...rest }) => ({ ...rest, workload })],
];

function fitting(whole: Answered): Fitting {
  let answered = whole;
  const leftOut: string[] = [];
  for (const [what, without] of STEPS) {
    if (!isLongerThan(JSON.stringify(answered), MAX_WORKLOAD_BYTES)) break;
    answered = without(answered);
    leftOut.push(what);
  }
  return { answered, leftOut };
}

function slim(workload: Answered["workload"]): Answered["workload"] {
  return { ...workload, containers: workload.containers.map(({ name, image, role }) => ({ name, image, role })) };
}
