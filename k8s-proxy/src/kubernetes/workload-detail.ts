// One workload as its own reading shows it: what it was asked to be, without anything that may be a secret.
import { controllerOf } from "./api-text.ts";
import { isSidecar } from "./api-pod.ts";
import { digest, hasEntries } from "./container-detail.ts";
import { selectorText } from "./label-match.ts";
import { toWorkload } from "./workloads.ts";

import type { TemplateContainer, WorkloadDetail } from "../contract/index.ts";
import type { DetailedSpec } from "./api-pod-detail.ts";
import type { PodTemplate } from "./api-template.ts";
import type { ApiCondition } from "./api-workload.ts";
import type { WorkloadFacts } from "./workload-facts.ts";
import type { Seen } from "./workloads.ts";

const MAX_LABELS = 30;

export function toWorkloadDetail(facts: WorkloadFacts, seen: Seen): WorkloadDetail {
  const { metadata, template, selector, conditions } = facts;
  const owner = controllerOf(metadata.ownerReferences);
  const labels = Object.entries(metadata.labels).slice(0, MAX_LABELS);
  const chosen = selectorText(selector);
  return {
    ...toWorkload(facts, seen),
    ...(owner !== undefined && { owner }),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
    ...(chosen !== undefined && { selector: chosen }),
    ...(template.spec.serviceAccountName && { service_account: template.spec.serviceAccountName }),
    containers: toTemplateContainers(template),
    ...(conditions.length > 0 && { conditions: conditions.map(toCondition) }),
  };
}

function toTemplateContainers({ spec }: PodTemplate): TemplateContainer[] {
  const inits = spec.initContainers.map((container) => {
    const role = isSidecar(container) ? ("sidecar" as const) : ("init" as const);
    return { ...toContainer(container), role };
  });
  return [...inits, ...spec.containers.map(toContainer)];
}

function toContainer(spec: DetailedSpec): TemplateContainer {
  const asked = digest(spec);
  return { name: spec.name, image: spec.image, ...(hasEntries(asked) && asked) };
}

function toCondition({ type, status, reason, message, lastTransitionTime: since }: ApiCondition) {
  return {
    ...{ type, status },
    ...(reason && { reason }),
    ...(message && { message }),
    ...(since && { since }),
  };
}
