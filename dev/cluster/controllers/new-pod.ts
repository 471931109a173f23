// A pod made of a template, with what the API server adds to every pod.
import { ApiObject } from "../api-object.ts";
import { isList, membersOf } from "../json.ts";
import { rfc3339 } from "../rfc3339.ts";
import { suffix } from "./template.ts";
import { uuid } from "./stage.ts";

import type { Resource } from "../catalogue.ts";
import type { Members } from "../json.ts";
import type { Stage } from "./stage.ts";

export interface Birth {
  readonly resource: Resource;
  readonly owner: ApiObject;
  readonly template: unknown;
  readonly name: string;
  /** Beside those of the template. */
  readonly labels?: Members;
  /** Of its spec, beside those of the template. */
  readonly fields?: Members;
}

const TOLERATIONS = ["not-ready", "unreachable"].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 300,
}));

export function newPod(
  { resource, owner, template, name, labels, fields }: Birth,
  { clock, random }: Stage,
): ApiObject {
  const { metadata, spec } = membersOf(template);
  const token = `kube-api-access-${suffix(random)}`;
  const { annotations } = membersOf(metadata);
  return ApiObject.parse({
    metadata: {
      name,
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      uid: uuid(random),
      generation: 1,
      creationTimestamp: rfc3339(clock()),
      labels: { ...membersOf(membersOf(metadata).labels), ...labels },
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [reference(resource, owner)],
    },
    spec: { ...podSpec(membersOf(spec), token), ...fields },
    status: { phase: "Pending", qosClass: "Burstable" },
  });
}

export function reference({ apiVersion, kind }: Resource, { metadata: { name, uid } }: ApiObject): object {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function podSpec(spec: Members, token: string): Members {
  const mount = { name: token, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" };
  const mounted = (containers: unknown) =>
    listOf(containers).map((container) => {
      const { volumeMounts, ...rest } = membersOf(container);
      return { ...rest, volumeMounts: [...listOf(volumeMounts), mount] };
    });
  return {
    serviceAccountName: "default",
    serviceAccount: "default",
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    ...spec,
    volumes: [...listOf(spec.volumes), tokenVolume(token)],
    containers: mounted(spec.containers),
    ...(spec.initContainers !== undefined && { initContainers: mounted(spec.initContainers) }),
    tolerations: [...listOf(spec.tolerations), ...TOLERATIONS],
  };
}

function tokenVolume(name: string): object {
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3_607, path: "token" } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    {
      downwardAPI: {
        items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
      },
    },
  ];
  return { name, projected: { sources, defaultMode: 420 } };
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}
