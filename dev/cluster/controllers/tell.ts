// Events: what happened to an object, and which part of the cluster says so. The same once more is counted, not written again.
import { ApiObject, edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { rfc3339 } from "../rfc3339.ts";
import { uuid } from "./stage.ts";

import type { Resource } from "../catalogue.ts";
import type { Stage } from "./stage.ts";

export interface Told {
  readonly resource: Resource;
  readonly about: ApiObject;
  readonly type?: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly from: string;
  /** Of the kubelet that says it. */
  readonly host?: string | undefined;
  readonly container?: string;
}

const EVENTS = resourceOf("v1", "events");

export function tell(told: Told, { objects, clock, random }: Stage): void {
  const { name } = told.about.metadata;
  // Of what has no namespace is told in the one that is always there.
  const namespace = told.about.metadata.namespace ?? "default";
  const at = rfc3339(clock());
  const { reason, message } = told;
  const involvedObject = involved(told);
  const before = objects
    .list(EVENTS, namespace)
    .find(
      (event) =>
        fieldOf(event, "involvedObject.uid") === involvedObject.uid &&
        fieldOf(event, "involvedObject.fieldPath") === involvedObject.fieldPath &&
        fieldOf(event, "reason") === reason &&
        fieldOf(event, "message") === message,
    );
  if (before) {
    const count = Number(fieldOf(before, "count") ?? 1) + 1;
    objects.put(EVENTS, ApiObject.parse({ ...edited(before, {}), count, lastTimestamp: at }));
    return;
  }
  // Nanoseconds in hexadecimal, as client-go names them; here the last of them count, so that no two are the same.
  const nanos = BigInt(clock()) * 1_000_000n + BigInt(objects.version % 1_000_000);
  objects.put(
    EVENTS,
    ApiObject.parse({
      metadata: { name: `${name}.${nanos.toString(16)}`, namespace, uid: uuid(random), creationTimestamp: at },
      involvedObject,
      reason,
      message,
      source: { component: told.from, ...(told.host !== undefined && { host: told.host }) },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      type: told.type ?? "Normal",
      eventTime: null,
      reportingComponent: told.from,
      reportingInstance: told.host ?? "",
    }),
  );
}

function involved({ resource, about, container }: Told) {
  const { kind, apiVersion } = resource;
  const { name, namespace, uid, resourceVersion } = about.metadata;
  return {
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    // A kubelet knows its node by name alone.
    uid: kind === "Node" ? name : uid,
    apiVersion,
    resourceVersion,
    ...(container !== undefined && { fieldPath: `spec.containers{${container}}` }),
  };
}
