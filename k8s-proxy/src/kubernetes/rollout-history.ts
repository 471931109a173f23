// What a workload's revisions changed, the newest first: the question that an incident begins with.
import type { PodTemplate, TemplateContainer } from "./api-template.ts";
import type { ApiDeployment, ApiReplicaSet } from "./api-workload.ts";

export interface Revision {
  readonly revision: number;
  readonly createdAt: string;
  readonly replicas?: number;
  readonly images: readonly string[];
  /** Against the revision before; nothing for the oldest that is kept. Names of variables, never what they hold. */
  readonly changes: readonly string[];
}

export interface Version {
  readonly revision: number;
  readonly createdAt: string;
  readonly replicas?: number;
  readonly template: PodTemplate;
}

/** The default of `revisionHistoryLimit`. */
const MAX_REVISIONS = 10;

/** A Deployment keeps its revisions as ReplicaSets. */
export function rolloutHistory(
  { metadata }: Pick<ApiDeployment, "metadata">,
  replicaSets: readonly ApiReplicaSet[],
): readonly Revision[] {
  const own = replicaSets.filter((one) =>
    one.metadata.ownerReferences.some(({ kind, name }) => kind === "Deployment" && name === metadata.name),
  );
  return historyOf(
    own.map((one) => ({
      revision: Number(one.metadata.annotations["deployment.kubernetes.io/revision"] ?? 0),
      createdAt: one.metadata.creationTimestamp,
      replicas: one.status.replicas,
      template: one.spec.template,
    })),
  );
}

export function historyOf(versions: readonly Version[]): readonly Revision[] {
  const newestFirst = versions.toSorted((one, other) => other.revision - one.revision);
  return newestFirst.slice(0, MAX_REVISIONS).map(({ template, ...version }, index) => {
    const before = newestFirst[index + 1];
    return {
      ...version,
      images: containersOf(template).map(({ image }) => image),
      changes: before ? changesOf(before.template, template) : [],
    };
  });
}

function containersOf({ spec }: PodTemplate): readonly TemplateContainer[] {
  return [...spec.initContainers, ...spec.containers];
}

function changesOf(before: PodTemplate, after: PodTemplate): readonly string[] {
  const [olds, news] = [containersOf(before), containersOf(after)];
  const added = news.filter(({ name }) => !olds.some((old) => old.name === name));
  const removed = olds.filter(({ name }) => !news.some((one) => one.name === name));
  const kept = news.flatMap((one) => {
    const old = olds.find(({ name }) => name === one.name);
    return old ? containerChanges(old, one) : [];
  });
  return [
    ...added.map(({ name, image }) => `container ${name} added (${image})`),
    ...removed.map(({ name }) => `container ${name} removed`),
    ...kept,
    ...(before.spec.volumes === after.spec.volumes ? [] : ["volumes"]),
    ...(before.spec.nodeSelector === after.spec.nodeSelector ? [] : ["node selector"]),
    ...(before.spec.serviceAccountName === after.spec.serviceAccountName ? [] : ["service account"]),
  ];
}

function containerChanges(old: TemplateContainer, one: TemplateContainer): readonly string[] {
  const changed = OTHERS.filter(([field]) => old.compared[field] !== one.compared[field]);
  return [
    ...imageChange(old, one),
    ...variables(old.compared.env, one.compared.env),
    ...quantities("requests", old.resources.requests, one.resources.requests),
    ...quantities("limits", old.resources.limits, one.resources.limits),
    ...new Set(changed.map(([, what]) => `${what} changed`)),
  ].map((change) => `${one.name}: ${change}`);
}

/** That they changed is all that can be said: each may hold a secret. */
const OTHERS = [
  ["command", "command"],
  ["args", "command"],
  ["envFrom", "variables from whole objects"],
  ["livenessProbe", "liveness probe"],
  ["readinessProbe", "readiness probe"],
  ["startupProbe", "startup probe"],
  ["volumeMounts", "mounts"],
] as const;

function imageChange(old: TemplateContainer, one: TemplateContainer): readonly string[] {
  return old.compared.image === one.compared.image ? [] : [`image ${old.image} → ${one.image}`];
}

type Variables = TemplateContainer["compared"]["env"];

function variables(before: Variables, after: Variables): readonly string[] {
  const added = [...after.keys()].filter((name) => !before.has(name));
  const removed = [...before.keys()].filter((name) => !after.has(name));
  const changed = [...after].filter(([name, value]) => before.has(name) && before.get(name) !== value);
  return [
    ...(added.length > 0 ? [`env added: ${added.join(", ")}`] : []),
    ...(removed.length > 0 ? [`env removed: ${removed.join(", ")}`] : []),
    ...(changed.length > 0 ? [`env changed: ${changed.map(([name]) => name).join(", ")}`] : []),
  ];
}

type Quantities = Readonly<Record<string, string>>;

function quantities(what: string, old: Quantities, one: Quantities): readonly string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(one)])];
  return names
    .filter((name) => old[name] !== one[name])
    .map((name) => `${what} of ${name} ${old[name] ?? "none"} → ${one[name] ?? "none"}`);
}
