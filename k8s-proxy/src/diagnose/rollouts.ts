// Deployments and the like that do not come to what was asked of them, and what changed before they stopped.
import * as calls from "./calls.ts";
import { whatChanged } from "./changes.ts";
import { told, warningsOf } from "./state.ts";

import type { ApiDeployment } from "../kubernetes/api-workload.ts";
import type { Code, Found } from "./finding.ts";
import type { State } from "./state.ts";

export function rolloutFindings(state: State): readonly Found[] {
  return [
    ...state.deployments.flatMap((deployment) => deploymentFindings(deployment, state)),
    ...creationFindings(state),
  ];
}

function deploymentFindings(deployment: ApiDeployment, state: State): readonly Found[] {
  const { metadata, spec, status } = deployment;
  const object = `Deployment/${metadata.name}`;
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  const changes = whatChanged(object, state);
  if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") {
    const { updatedReplicas: updated } = status;
    const summary = `The newest rollout of ${object} is stuck: ${updated} of ${spec.replicas} pods updated, and no progress.`;
    return [at(object, state, { code: "StuckRollout", summary, evidence: [changes, progressing.message] })];
  }
  if (spec.paused) {
    const summary = `${object} is paused: changes of it do not roll out.`;
    return [at(object, state, { code: "RolloutPaused", summary, evidence: [] })];
  }
  if (spec.replicas === 0) {
    return [at(object, state, { code: "ScaledToZero", summary: `${object} is scaled to zero.`, evidence: [] })];
  }
  return [];
}

const REFUSALS: readonly (readonly [RegExp, Code, string])[] = [
  [/exceeded quota/, "QuotaExceeded", "the namespace's quota is used up"],
  [
    /(?:minimum|maximum) (?:cpu|memory|storage) usage per|limit to request ratio/,
    "LimitRangeViolation",
    "its resources are outside the namespace's LimitRange",
  ],
  [/./, "ReplicaFailure", "the API server refuses them"],
];

/** Pods that were never made leave no pod behind: only the events of whoever tried. */
function creationFindings(state: State): readonly Found[] {
  const failed = state.events.filter(({ reason }) => reason === "FailedCreate");
  const latest = new Map(failed.toReversed().map((event) => [`${event.kind}/${event.name}`, event]));
  return [...latest].flatMap(([object, event]) => {
    const [, code, words] = REFUSALS.find(([pattern]) => pattern.test(event.message)) ?? [];
    if (code === undefined) return [];
    const summary = `No pods can be made for ${object}: ${words ?? ""}.`;
    return [at(object, state, { code, summary, evidence: [told(event)] })];
  });
}

interface Told {
  readonly code: Code;
  readonly summary: string;
  readonly evidence: Found["evidence"];
}

function at(object: string, state: State, { code, summary, evidence }: Told): Found {
  const [kind = "", name = ""] = object.split("/");
  const events = warningsOf(state, kind, name).slice(0, 1).map(told);
  return {
    code,
    object,
    group: object,
    summary,
    evidence: [...evidence, ...events],
    calls: [
      ...calls.workload(state.namespace, object),
      ...(code === "QuotaExceeded" ? [calls.list("resourcequotas", state.namespace)] : []),
      calls.events(state.namespace, kind, name),
    ],
  };
}
