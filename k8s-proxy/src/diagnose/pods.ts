// What is wrong with pods: the cause nearest to each, one finding a pod.
import { podProblem } from "../kubernetes/pod-problem.ts";
import { containerFinding } from "./containers.ts";
import { unschedulable } from "./scheduling.ts";
import { eventsOf, told, warningsOf, workloadOf } from "./state.ts";
import { found } from "./suspect.ts";

import type { Code, Found } from "./finding.ts";
import type { State } from "./state.ts";
import type { Suspect } from "./suspect.ts";

export function podFindings(state: State): readonly Found[] {
  return state.pods.flatMap((pod) => {
    const suspect = { pod, state, workload: workloadOf(pod, state) };
    return verdictOnPod(suspect) ?? unschedulable(suspect) ?? containerFinding(suspect) ?? notReady(suspect) ?? [];
  });
}

/** What was decided about the whole pod: its containers' ends only follow from it. */
function verdictOnPod(suspect: Suspect): Found | undefined {
  const { pod, state } = suspect;
  const { metadata, status } = pod;
  const isOverdue = metadata.deletionTimestamp && Date.parse(metadata.deletionTimestamp) < state.now;
  if (isOverdue && status.phase !== "Succeeded" && status.phase !== "Failed") return stuckTerminating(suspect);
  if (metadata.deletionTimestamp) return undefined;
  if (!status.reason) return undefined;

  const code = VERDICTS.get(status.reason) ?? "PodFailed";
  return found(suspect, code, {
    summary: `${metadata.name} was ended: ${status.reason}.`,
    cause: status.reason,
    evidence: [status.message, ...warningsOf(state, "Pod", metadata.name).slice(0, 2).map(told)],
  });
}

const VERDICTS: ReadonlyMap<string, Code> = new Map([
  ["Evicted", "Evicted"],
  ["DeadlineExceeded", "DeadlineExceeded"],
]);

function stuckTerminating(suspect: Suspect): Found {
  const { metadata } = suspect.pod;
  const { finalizers, deletionTimestamp } = metadata;
  return found(suspect, "StuckTerminating", {
    summary: `${metadata.name} should have been gone since ${deletionTimestamp ?? ""}.`,
    cause: finalizers.join(","),
    evidence: [
      finalizers.length > 0 ? `finalizers hold it: ${finalizers.join(", ")}` : "its node does not confirm its end",
    ],
  });
}

const PROBES: readonly (readonly [RegExp, Code, string])[] = [
  [/^Startup probe failed/, "StartupProbeFailing", "its startup probe fails"],
  [/^Liveness probe failed/, "LivenessProbeFailing", "its liveness probe fails"],
  [/^Readiness probe (?:failed|errored)/, "ReadinessProbeFailing", "its readiness probe fails, so it gets no traffic"],
];

function notReady(suspect: Suspect): Found | undefined {
  const { pod, state } = suspect;
  const problem = podProblem(pod, state.now);
  if (!problem || pod.metadata.deletionTimestamp) return undefined;
  const unhealthy = eventsOf(state, "Pod", pod.metadata.name).filter(({ reason }) => reason === "Unhealthy");
  for (const [pattern, code, words] of PROBES) {
    const event = unhealthy.find(({ message }) => pattern.test(message));
    if (event)
      return found(suspect, code, { summary: `${pod.metadata.name}: ${words}.`, cause: "", evidence: [told(event)] });
  }
  return found(suspect, "NotReady", {
    summary: `${pod.metadata.name} runs and is not ready: ${problem.reason}.`,
    cause: problem.reason,
    evidence: [problem.message],
  });
}
