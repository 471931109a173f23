// Why a pod found no node, in words, from what the scheduler says.
import { eventsOf, told } from "./state.ts";
import { found } from "./suspect.ts";
import * as calls from "./calls.ts";

import type { Found } from "./finding.ts";
import type { Suspect } from "./suspect.ts";

/** What the scheduler writes, and what it means. Insufficient resources are named one by one. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/untolerated taint/, "a taint that it does not tolerate"],
  [
    /didn't match Pod's node affinity\/selector|didn't match pod affinity/,
    "no node matches its affinity or node selector",
  ],
  [
    /didn't satisfy existing pods anti-affinity|didn't match pod anti-affinity/,
    "anti-affinity keeps it off the nodes there are",
  ],
  [/didn't match pod topology spread/, "its topology spread cannot be kept"],
  [/unbound immediate PersistentVolumeClaims|persistentvolumeclaim "[^"]*" not found/, "a volume claim is not bound"],
  [/volume node affinity conflict/, "its volume lies elsewhere than the nodes that are free"],
  [/were unschedulable/, "nodes are cordoned"],
  [/didn't have free ports/, "the host port is taken"],
  [/Too many pods/, "the nodes hold as many pods as they may"],
];

export function unschedulable(suspect: Suspect): Found | undefined {
  const { pod, state } = suspect;
  const { name, deletionTimestamp } = pod.metadata;
  const condition = pod.status.conditions.find(({ type }) => type === "PodScheduled");
  if (condition?.status !== "False" || deletionTimestamp) return undefined;
  if (condition.reason === "SchedulingGated") {
    return found(suspect, "SchedulingGated", {
      summary: `${name} waits until somebody removes its scheduling gates.`,
      cause: "",
      evidence: [condition.message],
    });
  }

  const message = condition.message ?? "";
  const why = reasonsIn(message);
  const event = eventsOf(state, "Pod", name).find(({ reason }) => reason === "FailedScheduling");
  const one = found(suspect, "Unschedulable", {
    summary: `${name} finds no node: ${why.length > 0 ? why.join("; ") : "see what the scheduler says"}.`,
    cause: why.join(),
    evidence: [message === "" ? undefined : message, event && event.message !== message ? told(event) : undefined],
  });
  return { ...one, calls: [...one.calls.slice(0, 2), calls.nodes()] };
}

function reasonsIn(message: string): readonly string[] {
  const lacking = new Set([...message.matchAll(/Insufficient ([\w./-]+)/g)].map(([, resource = ""]) => resource));
  const enough = lacking.size > 0 ? [`not enough ${[...lacking].join(" and ").replace(/[.]$/, "")}`] : [];
  return [...enough, ...REASONS.filter(([pattern]) => pattern.test(message)).map(([, words]) => words)];
}
