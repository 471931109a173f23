// Autoscalers that cannot scale, and disruption budgets that let nothing go.
import * as calls from "./calls.ts";

import type { ApiHpa, ApiPdb } from "../kubernetes/api-scaling.ts";
import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

export function scalingFindings(state: State): readonly Found[] {
  return [
    ...state.hpas.flatMap((hpa) => hpaFinding(hpa, state)),
    ...state.pdbs.flatMap((pdb) => pdbFinding(pdb, state)),
  ];
}

function hpaFinding({ metadata, spec, status }: ApiHpa, { namespace }: State): readonly Found[] {
  const { name } = metadata;
  const target = `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`;
  const condition = (type: string, wanted: string) =>
    status.conditions.find((one) => one.type === type && one.status === wanted);
  const common = {
    object: `HorizontalPodAutoscaler/${name}`,
    group: name,
    calls: [calls.list("horizontalpodautoscalers.autoscaling", namespace), ...calls.workload(namespace, target)],
  };

  const unable = condition("AbleToScale", "False");
  if (unable) {
    const isMissing = unable.reason === "FailedGetScale";
    const summary = `Autoscaler ${name} cannot scale ${target}${isMissing ? ": it is not there" : ""}.`;
    return [
      { ...common, code: isMissing ? "HPATargetMissing" : "HPACannotScale", summary, evidence: [unable.message] },
    ];
  }
  const inactive = condition("ScalingActive", "False");
  if (inactive && inactive.reason !== "ScalingDisabled") {
    const summary = `Autoscaler ${name} gets no metrics for ${target}, so it does not scale.`;
    return [{ ...common, code: "HPAMetricsMissing", summary, evidence: [inactive.message] }];
  }
  const limited = condition("ScalingLimited", "True");
  if (limited?.reason !== "TooManyReplicas" || status.currentReplicas < spec.maxReplicas) return [];
  const summary = `Autoscaler ${name} would scale ${target} further, but is at its maximum of ${spec.maxReplicas}.`;
  return [{ ...common, code: "HPASaturated", summary, evidence: [limited.message] }];
}

function pdbFinding({ metadata, status }: ApiPdb, { namespace }: State): readonly Found[] {
  const { expectedPods, disruptionsAllowed, currentHealthy, desiredHealthy } = status;
  if (expectedPods === 0 || disruptionsAllowed > 0) return [];
  return [
    {
      code: "PDBBlocksEviction",
      object: `PodDisruptionBudget/${metadata.name}`,
      group: metadata.name,
      summary: `The budget ${metadata.name} lets no pod go: nodes that hold its pods cannot be drained.`,
      evidence: [`${currentHealthy} of ${expectedPods} pods are healthy, ${desiredHealthy} must be`],
      calls: [calls.list("poddisruptionbudgets.policy", namespace)],
    },
  ];
}
