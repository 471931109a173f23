// One pod as its own reading shows it: everything that explains its state, and nothing that may be a secret.
import { safe } from "../safe.ts";
import { hasEntries, some, toContainerDetails } from "./container-detail.ts";
import { toPod } from "./pods.ts";

import type { Condition, PodDetail } from "../contract/index.ts";
import type { ApiPodDetail, Toleration, Volume } from "./api-pod-detail.ts";

const MAX_ANNOTATIONS = 20;
/** The whole object as it was applied, environment included: never shown. */
const NEVER_SHOWN = "kubectl.kubernetes.io/last-applied-configuration";

export function toPodDetail(pod: ApiPodDetail, now: number): PodDetail {
  const { owner: _, ...columns } = toPod(pod, now);
  const { metadata, spec, status } = pod;
  return {
    ...columns,
    ...(hasEntries(metadata.labels) && { labels: metadata.labels }),
    ...annotations(metadata.annotations),
    ...(status.qosClass && { qos: status.qosClass }),
    ...(spec.serviceAccountName && { service_account: spec.serviceAccountName }),
    ...(spec.priorityClassName && { priority_class: spec.priorityClassName }),
    ...(spec.restartPolicy && { restart_policy: spec.restartPolicy }),
    ...(spec.hostNetwork && { host_network: true }),
    ...(metadata.deletionTimestamp && { deletion_due_at: metadata.deletionTimestamp }),
    ...some("finalizers", metadata.finalizers),
    ...(hasEntries(spec.nodeSelector) && { node_selector: spec.nodeSelector }),
    ...some("tolerations", spec.tolerations.map(describeToleration)),
    ...some("volumes", spec.volumes.map(describeVolume)),
    conditions: status.conditions.map(toCondition),
    containers: toContainerDetails(pod),
  };
}

function toCondition({
  type,
  status,
  reason,
  message,
  lastTransitionTime,
}: ApiPodDetail["status"]["conditions"][number]): Condition {
  return {
    type,
    status,
    ...(reason && { reason }),
    ...(message && { message }),
    ...(lastTransitionTime && { since: lastTransitionTime }),
  };
}

function annotations(all: Readonly<Record<string, string>>) {
  const shown = Object.entries(all)
    .filter(([name]) => name !== NEVER_SHOWN)
    .slice(0, MAX_ANNOTATIONS)
    // Name and value are judged together: `db-password: x` is a secret by its name.
    .map(([name, value]) => [safe(name, 256), withoutName(safe(`${name}: ${value}`, 512), name)] as const);
  return shown.length > 0 ? { annotations: Object.fromEntries<string>(shown) } : {};
}

function withoutName(text: string, name: string): string {
  return text.startsWith(`${name}:`) ? text.slice(name.length + 1).trimStart() : text;
}

function describeToleration({ key, operator, value, effect, tolerationSeconds }: Toleration): string {
  const what = operator === "Exists" || !value ? (key ?? "everything") : `${key ?? ""}=${value}`;
  const seconds = typeof tolerationSeconds === "number" ? ` for ${tolerationSeconds}s` : "";
  return `${what}${effect ? `:${effect}` : ""}${seconds}`;
}

/** Where the name of the source stands, by the kind of volume. */
const SOURCES: ReadonlyMap<string, readonly [kind: string, field: string]> = new Map([
  ["persistentVolumeClaim", ["PersistentVolumeClaim", "claimName"]],
  ["configMap", ["ConfigMap", "name"]],
  ["secret", ["Secret", "secretName"]],
  ["hostPath", ["hostPath", "path"]],
  ["csi", ["csi", "driver"]],
  ["image", ["image", "reference"]],
  ["nfs", ["nfs", "server"]],
]);

function describeVolume({ name, ...source }: Volume): string {
  const [[kind, value] = ["unknown", undefined]] = Object.entries(source);
  const [shown, field] = SOURCES.get(kind) ?? [kind, ""];
  const named = fieldOf(value, field);
  return `${name}: ${safe(shown, 63)}${named === undefined ? "" : `/${safe(named, 253)}`}`;
}

function fieldOf(value: unknown, field: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entry: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
  return typeof entry === "string" ? entry : undefined;
}
