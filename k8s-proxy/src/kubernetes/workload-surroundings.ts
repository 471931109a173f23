// What depends on a workload and what it depends on: services with their endpoints, budgets, and the pods it has now.
import { hasCondition } from "./api-pod.ts";
import { chooses, choosesAll } from "./label-match.ts";
import { countByStatus, toPod } from "./pods.ts";

import type * as z from "zod";
import type { ROUTES } from "../contract/index.ts";
import type { ApiEndpointSlice, ApiService } from "./api-network.ts";
import type { ApiPod } from "./api-pod.ts";
import type { ApiPdb } from "./api-scaling.ts";
import type { PodTemplate } from "./api-template.ts";

type Answer = z.input<typeof ROUTES.getWorkload.data>;

const MAX_PROBLEMS = 10;
const SERVICE_NAME = "kubernetes.io/service-name";

/** `undefined` for slices that could not be read: then nothing is said of readiness. */
export function servicesOf(
  template: PodTemplate,
  services: readonly ApiService[],
  slices: readonly ApiEndpointSlice[] | undefined,
): NonNullable<Answer["services"]> {
  const labels = template.metadata?.labels ?? {};
  const chosen = services.filter(
    ({ spec: { selector } }) => Object.keys(selector).length > 0 && choosesAll(selector, labels),
  );
  return chosen.map(({ metadata, spec }) => ({
    name: metadata.name,
    type: spec.type ?? "ClusterIP",
    ports: spec.ports.map(describePort),
    ...(slices && { endpoints: countEndpoints(metadata.name, slices) }),
  }));
}

function describePort({ name, port, protocol, targetPort }: ApiService["spec"]["ports"][number]): string {
  const target = targetPort === undefined || targetPort === null || targetPort === port ? "" : ` to ${targetPort}`;
  return `${name ? `${name}:` : ""}${port}/${protocol ?? "TCP"}${target}`;
}

/** With two address families a pod stands in two slices, and is one endpoint all the same. */
function countEndpoints(service: string, slices: readonly ApiEndpointSlice[]) {
  const own = slices.filter(({ metadata: { labels } }) => labels[SERVICE_NAME] === service);
  const endpoints = own.flatMap((slice, at) =>
    slice.endpoints.map((one, index) => ({ id: one.targetRef?.name ?? `${at} ${index}`, conditions: one.conditions })),
  );
  const ready = endpoints.filter(({ conditions }) => conditions.ready !== false);
  const count = (some: typeof endpoints) => new Set(some.map(({ id }) => id)).size;
  return { ready: count(ready), total: count(endpoints) };
}

export function budgetsOf(
  template: PodTemplate,
  budgets: readonly ApiPdb[],
): NonNullable<Answer["disruption_budgets"]> {
  const labels = template.metadata?.labels ?? {};
  return budgets
    .filter(({ spec }) => chooses(spec.selector, labels))
    .map(({ metadata, spec, status }) => ({
      name: metadata.name,
      rule: spec.minAvailable ? `min available ${spec.minAvailable}` : `max unavailable ${spec.maxUnavailable ?? 0}`,
      disruptions_allowed: status.disruptionsAllowed,
      healthy: status.currentHealthy,
      expected: status.expectedPods,
    }));
}

export function podsSummary(items: readonly ApiPod[], now: number): NonNullable<Answer["pods"]> {
  const pods = items.map((pod) => toPod(pod, now));
  const problems = pods.flatMap(({ name, status, problem }) =>
    problem ? [{ name, status, reason: problem.reason, ...(problem.message && { message: problem.message }) }] : [],
  );
  return {
    total: pods.length,
    ready: items.filter((pod) => hasCondition(pod, "Ready")).length,
    by_status: countByStatus(pods),
    ...(problems.length > 0 && { problems: problems.slice(0, MAX_PROBLEMS) }),
  };
}
