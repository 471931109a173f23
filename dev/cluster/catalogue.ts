// What the stand-in serves: one line a resource, with the recordings that it is read from.

export interface Resource {
  readonly plural: string;
  readonly kind: string;
  /** `v1` for the core group, else `group/version`. */
  readonly apiVersion: string;
  readonly isNamespaced: boolean;
  /** Below `fixtures/kubernetes`: lists of objects. */
  readonly lists: readonly string[];
  /** The same lists as the server renders them in columns. */
  readonly tables: readonly string[];
  /** Fields that a selector may name, besides `metadata.name` and `metadata.namespace`. */
  readonly fields: readonly string[];
}

const EVENT_FIELDS = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map(
  (field) => `involvedObject.${field}`,
);
const POD_FIELDS = ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"];

const everywhere = (plural: string) =>
  ["shop", "payments", "platform"].map((namespace) => `lists/${plural}-${namespace}`);

export const RESOURCES: readonly Resource[] = [
  namespaced("v1", "pods", {
    kind: "Pod",
    lists: everywhere("pods"),
    tables: everywhere("pods").map((list) => `${list}-table`),
    fields: POD_FIELDS,
  }),
  namespaced("v1", "events", {
    kind: "Event",
    lists: everywhere("events"),
    fields: [...EVENT_FIELDS, "reason", "type", "source", "reportingComponent"],
  }),
  namespaced("v1", "services", { kind: "Service", lists: everywhere("services"), fields: ["spec.type"] }),
  namespaced("v1", "endpoints", { kind: "Endpoints" }),
  namespaced("v1", "persistentvolumeclaims", {
    kind: "PersistentVolumeClaim",
    lists: ["lists/persistentvolumeclaims-payments"],
  }),
  namespaced("v1", "resourcequotas", { kind: "ResourceQuota", lists: ["lists/resourcequotas-platform"] }),
  namespaced("v1", "limitranges", { kind: "LimitRange", lists: ["lists/limitranges-platform"] }),
  clusterWide("v1", "namespaces", { kind: "Namespace", lists: ["lists/namespaces"], fields: ["status.phase"] }),
  clusterWide("v1", "nodes", {
    kind: "Node",
    lists: ["lists/nodes"],
    tables: ["lists/nodes-table"],
    fields: ["spec.unschedulable"],
  }),
  namespaced("apps/v1", "deployments", {
    kind: "Deployment",
    lists: everywhere("deployments"),
    tables: ["lists/deployments-shop-table"],
  }),
  namespaced("apps/v1", "replicasets", {
    kind: "ReplicaSet",
    lists: everywhere("replicasets"),
    fields: ["status.replicas"],
  }),
  namespaced("apps/v1", "statefulsets", { kind: "StatefulSet", lists: ["lists/statefulsets-payments"] }),
  namespaced("apps/v1", "daemonsets", { kind: "DaemonSet", lists: ["lists/daemonsets-platform"] }),
  namespaced("apps/v1", "controllerrevisions", {
    kind: "ControllerRevision",
    lists: ["lists/controllerrevisions-payments", "lists/controllerrevisions-platform"],
  }),
  namespaced("batch/v1", "jobs", { kind: "Job", lists: ["lists/jobs-payments"], fields: ["status.successful"] }),
  namespaced("batch/v1", "cronjobs", { kind: "CronJob", lists: ["lists/cronjobs-payments"] }),
  namespaced("autoscaling/v2", "horizontalpodautoscalers", {
    kind: "HorizontalPodAutoscaler",
    lists: ["lists/horizontalpodautoscalers-shop"],
  }),
  namespaced("policy/v1", "poddisruptionbudgets", {
    kind: "PodDisruptionBudget",
    lists: ["lists/poddisruptionbudgets-shop"],
  }),
  namespaced("discovery.k8s.io/v1", "endpointslices", { kind: "EndpointSlice", lists: everywhere("endpointslices") }),
  namespaced("networking.k8s.io/v1", "ingresses", { kind: "Ingress", lists: ["lists/ingresses-shop"] }),
  namespaced("networking.k8s.io/v1", "networkpolicies", {
    kind: "NetworkPolicy",
    lists: ["lists/networkpolicies-shop"],
  }),
  clusterWide("storage.k8s.io/v1", "storageclasses", { kind: "StorageClass", lists: ["lists/storageclasses-empty"] }),
  namespaced("metrics.k8s.io/v1beta1", "pods", { kind: "PodMetrics", lists: ["metrics/pods-shop"] }),
  clusterWide("metrics.k8s.io/v1beta1", "nodes", { kind: "NodeMetrics", lists: ["metrics/nodes"] }),
  namespaced("ops.example.com/v1", "databases", {
    kind: "Database",
    lists: ["lists/databases-crd"],
    tables: ["lists/databases-crd-table"],
  }),
];

/** Throws where there is none: a mistake of whoever asks. */
export function resourceOf(apiVersion: string, plural: string): Resource {
  const found = RESOURCES.find((one) => one.apiVersion === apiVersion && one.plural === plural);
  if (!found) throw new Error(`the stand-in has no ${apiVersion}/${plural}`);
  return found;
}

type Facts = Pick<Resource, "kind"> & Partial<Pick<Resource, "lists" | "tables" | "fields">>;

function namespaced(apiVersion: string, plural: string, facts: Facts): Resource {
  return { apiVersion, plural, isNamespaced: true, lists: [], tables: [], fields: [], ...facts };
}

function clusterWide(apiVersion: string, plural: string, facts: Facts): Resource {
  return { ...namespaced(apiVersion, plural, facts), isNamespaced: false };
}
