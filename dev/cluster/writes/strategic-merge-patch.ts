// A strategic merge patch: like a merge patch, but lists of named things are merged by those names.
import { isList, isMembers, membersOf } from "../json.ts";

import type { Members } from "../json.ts";

/** By which of its fields an item of a list is known. A list that is not here is taken whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  env: "name",
  volumes: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  ports: "containerPort",
  imagePullSecrets: "name",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
  ownerReferences: "uid",
  conditions: "type",
  taints: "key",
};
/** Lists of plain values that are added to. */
const UNITED: readonly string[] = ["finalizers"];
const DELETE_FROM = "$deleteFromPrimitiveList/";

export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return patch;
  const { $patch: directive, $retainKeys: retained, ...changes } = patch;
  if (directive === "delete") return {};
  const before = directive === "replace" ? {} : membersOf(target);
  const merged = new Map(Object.entries(isList(retained) ? only(before, retained) : before));
  for (const [name, value] of Object.entries(changes)) {
    if (name.startsWith(DELETE_FROM)) {
      const list = name.slice(DELETE_FROM.length);
      merged.set(list, without(merged.get(list), value));
    } else if (value === null) merged.delete(name);
    // `$setElementOrder/…` tells an order only, and the order that there is will do.
    else if (!name.startsWith("$")) merged.set(name, mergedField(name, merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function mergedField(name: string, target: unknown, patch: unknown): unknown {
  if (!isList(patch)) return strategicMergePatch(target, patch);
  const items = isList(target) ? target : [];
  if (UNITED.includes(name)) return [...new Set([...items, ...patch])];
  const key = MERGE_KEYS[name];
  return key === undefined ? patch : mergedItems(items, patch, key);
}

function mergedItems(items: readonly unknown[], patch: readonly unknown[], key: string): readonly unknown[] {
  const changes = patch.map(membersOf);
  const replaces = ({ $patch, ...rest }: Members) => $patch === "replace" && Object.keys(rest).length === 0;
  if (changes.some(replaces)) return changes.filter((change) => !replaces(change));

  const merged = items.map(membersOf);
  for (const change of changes) {
    const at = merged.findIndex((item) => item[key] === change[key]);
    const isRemoved = change.$patch === "delete";
    if (at === -1 && !isRemoved) merged.push(membersOf(strategicMergePatch({}, change)));
    else if (at !== -1 && isRemoved) merged.splice(at, 1);
    else if (at !== -1) merged[at] = membersOf(strategicMergePatch(merged[at], change));
  }
  return merged;
}

function only(members: Members, names: readonly unknown[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}

function without(list: unknown, gone: unknown): readonly unknown[] {
  const items = isList(list) ? list : [];
  return isList(gone) ? items.filter((item) => !gone.includes(item)) : items;
}
