// The recorded objects with what has changed since: every change has a version of its own, and can be followed from there on.
import { keyOf, withField } from "./api-object.ts";
import { byKey, nameOf } from "./objects.ts";

import type { ApiObject } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";
import type { Objects } from "./objects.ts";

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: Resource;
  readonly object: ApiObject;
  readonly version: number;
}

export interface LiveObjects extends Objects {
  /** Watches and lists of before are too old. */
  readonly oldest: number;
  /** What comes back has its new version in it. */
  put(resource: Resource, object: ApiObject): ApiObject;
  remove(resource: Resource, object: ApiObject): ApiObject;
  since(version: number): readonly Change[];
  /** What comes back ends it. */
  onChange(listener: (change: Change) => void): () => void;
}

/** By its key, an object as it is now; undefined for one that is gone. */
type Laid = ReadonlyMap<string, ApiObject | undefined>;

/** How far back a watch may begin; a real API server counts minutes instead. */
const KEPT_CHANGES = 1_000;

export function liveObjects(recorded: Objects): LiveObjects {
  const { list, changed, lay } = overlay(recorded);
  const changes: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let [oldest, version] = [recorded.version, recorded.version];

  const happen = (type: Change["type"], resource: Resource, object: ApiObject) => {
    version += 1;
    const stamped = withField(object, ["metadata", "resourceVersion"], String(version));
    lay(resource, keyOf(object), type === "DELETED" ? undefined : stamped);
    const change = { type, resource, object: stamped, version };
    changes.push(change);
    if (changes.length > KEPT_CHANGES) oldest = changes.shift()?.version ?? oldest;
    for (const listener of listeners) listener(change);
    return stamped;
  };

  return {
    list,
    columns: (resource) => columnsOf(resource, recorded, changed),
    get version() {
      return version;
    },
    get oldest() {
      return oldest;
    },
    put: (resource, object) => happen(isIn(list(resource), object) ? "MODIFIED" : "ADDED", resource, object),
    remove: (resource, object) => happen("DELETED", resource, object),
    since: (from) => changes.filter((change) => change.version > from),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What has changed, over what was recorded. */
function overlay(recorded: Objects) {
  const changed = new Map<string, Map<string, ApiObject | undefined>>();
  /** Of resources that have changed, as they are now: they are asked for far more often than they change. */
  const current = new Map<string, readonly ApiObject[]>();
  const list = (resource: Resource, namespace?: string) => {
    const name = nameOf(resource);
    const laid = changed.get(name);
    if (!laid) return recorded.list(resource, namespace);
    const all = current.get(name) ?? laidOver(recorded.list(resource), laid);
    current.set(name, all);
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  };
  const lay = (resource: Resource, key: string, object: ApiObject | undefined) => {
    const name = nameOf(resource);
    current.delete(name);
    const laid = changed.get(name) ?? new Map<string, ApiObject | undefined>();
    changed.set(name, laid.set(key, object));
  };
  return { list, changed, lay };
}

function isIn(all: readonly ApiObject[], object: ApiObject): boolean {
  return all.some((one) => keyOf(one) === keyOf(object));
}

function laidOver(all: readonly ApiObject[], laid: Laid): readonly ApiObject[] {
  const added = [...laid.values()].filter((object) => object !== undefined);
  return [...all.filter((object) => !laid.has(keyOf(object))), ...added].toSorted(byKey);
}

/** A recorded row says nothing of an object that has changed. */
function columnsOf(resource: Resource, recorded: Objects, changed: ReadonlyMap<string, ReadonlyMap<string, unknown>>) {
  const columns = recorded.columns(resource);
  const laid = changed.get(nameOf(resource));
  return (
    columns && {
      ...columns,
      cellsOf: (object: ApiObject) => (laid?.has(keyOf(object)) ? undefined : columns.cellsOf(object)),
    }
  );
}
