// Where the objects of an action stand in the API.

export interface WorkloadName {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
}

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

const PLURALS = { Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const;

export const appsPath = (namespace: string, plural: string) => ["apis", "apps", "v1", "namespaces", namespace, plural];

export const workloadPath = ({ kind, namespace, name }: WorkloadName) => [...appsPath(namespace, PLURALS[kind]), name];

export const podPath = ({ namespace, name }: PodName) => ["api", "v1", "namespaces", namespace, "pods", name];

export const nodePath = (node: string) => ["api", "v1", "nodes", node];
