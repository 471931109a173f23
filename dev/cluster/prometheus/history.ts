// The two hours before the start, in OpenMetrics, so that every range has a past at once.
import { INCIDENT } from "../incident.ts";
import { exposed, FAMILIES } from "./families.ts";
import { instanceOf } from "./settings.ts";

import type { Sample } from "./families.ts";
import type { Source } from "./source.ts";

const HISTORY_MS = 2 * 3_600_000;
const STEP_MS = 30_000;

export function history(source: Source): string {
  const { bootMs } = source;
  const lines: string[] = [];
  for (let atMs = bootMs - HISTORY_MS; atMs < bootMs; atMs += STEP_MS) {
    for (const sample of source.at(atMs)) lines.push(stamped(sample, atMs));
  }
  return [...lines, ...loadingRuns(source), "# EOF\n"].join("\n");
}

function stamped(sample: Sample, atMs: number): string {
  const { job } = FAMILIES[sample.family];
  return `${exposed(sample, { job, instance: instanceOf(job) })} ${(atMs / 1_000).toFixed(3)}`;
}

/** Each start fills the limit and is killed. It lives for seconds, so the moments are chosen to show it. */
function loadingRuns({ pods }: Source): readonly string[] {
  const { namespace, workload, loadsForMs } = INCIDENT;
  const ours = pods.find((facts) => facts.namespace === namespace && facts.pod.startsWith(`${workload}-`));
  const [container] = ours?.containers ?? [];
  if (!ours || !container?.last || container.limitBytes === undefined) return [];

  const { restarts, limitBytes, last } = container;
  const labels = { namespace, pod: ours.pod, container: workload };
  const spanMs = last.finishedMs - ours.createdMs;
  return Array.from({ length: restarts }, (_, index) => index + 1).flatMap((run) => {
    const finishedMs = ours.createdMs + Math.round((spanMs * (2 ** run - 1)) / (2 ** restarts - 1));
    return [0.3, 0.6, 0.96].flatMap((part) => {
      const atMs = finishedMs - loadsForMs + Math.round(loadsForMs * part);
      const value = Math.round(limitBytes * part);
      return stamped({ family: "container_memory_working_set_bytes", labels, value }, atMs);
    });
  });
}
