// Looks at a namespace once and says what is wrong, the worst first. A table of rules, each of which can be read and tested.
import { ok } from "../result.ts";
import { toFindings } from "./finding.ts";
import { gather } from "./gather.ts";
import { RULES } from "./rules.ts";
import { workloadOf } from "./state.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";
import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

export const diagnose: Handles<typeof ROUTES.diagnose> = async (asked, reading) => {
  const { namespace, since, workload, pod } = asked;
  const state = await gather({ namespace, since }, reading);
  if (!state.ok) return state;

  const found = RULES.flatMap((rule) => rule(state.value));
  const narrowed = { workload, pod, above: aboveOf(pod, state.value) };
  const told = found.filter((one) => concerns(one, narrowed) && !isEcho(one, found));
  const findings = toFindings(told);
  return ok({
    findings: [...findings],
    total: findings.length,
    looked_at: counts(state.value),
    healthy: healthy(state.value, found),
  });
};

interface Narrowed {
  readonly workload: string | undefined;
  readonly pod: string | undefined;
  /** What the pod belongs to: a rollout that is stuck is its affair, too. */
  readonly above: string | undefined;
}

function aboveOf(name: string | undefined, state: State): string | undefined {
  const pod = state.pods.find(({ metadata }) => metadata.name === name);
  return pod && workloadOf(pod, state);
}

/** A finding of a pod carries its workload in its group, so that asking for one finds the other's. */
function concerns({ object, group }: Found, { workload, pod, above }: Narrowed): boolean {
  if (pod !== undefined && object !== `Pod/${pod}` && object !== above) return false;
  return workload === undefined || object === workload || group === workload || group.startsWith(`${workload} `);
}

/** A rollout that is stuck because of what its pods' finding says already, and that changed nothing to be told of. */
function isEcho({ code, object, evidence }: Found, found: readonly Found[]): boolean {
  const isExplained = found.some(({ group }) => group.startsWith(`${object} `));
  return code === "StuckRollout" && isExplained && !evidence.some((line) => line?.startsWith("revision "));
}

function counts(state: State): Record<string, number> {
  const { pods, deployments, statefulSets, daemonSets, jobs, cronJobs, services, claims, nodes, events } = state;
  const seen = { pods, deployments, statefulSets, daemonSets, jobs, cronJobs, services, claims, nodes, events };
  return Object.fromEntries(Object.entries(seen).map(([name, list]) => [snake(name), list.length]));
}

function healthy(state: State, found: readonly Found[]): Record<string, number> {
  const troubled = new Set(found.map(({ object }) => object));
  const workloads = new Set(state.pods.map((pod) => workloadOf(pod, state)));
  const groups = found.map(({ group }) => group);
  const isTroubled = (workload: string) =>
    troubled.has(workload) || groups.some((group) => group === workload || group.startsWith(`${workload} `));
  return {
    pods: state.pods.filter(({ metadata }) => !troubled.has(`Pod/${metadata.name}`)).length,
    workloads: [...workloads].filter((workload) => !isTroubled(workload)).length,
    services: state.services.filter(({ metadata }) => !troubled.has(`Service/${metadata.name}`)).length,
  };
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
