// The fields that a spec has, by kind, with Go's names of their types: what else stands there is unknown to the API server.
import { isList, isMembers } from "../json.ts";

export type GoType = "int32" | "int64" | "bool" | "string" | "list" | "object";

const ROLLED = {
  selector: "object",
  template: "object",
  minReadySeconds: "int32",
  revisionHistoryLimit: "int32",
} as const;

const SPEC_FIELDS: Readonly<Record<string, Readonly<Record<string, GoType>>>> = {
  Deployment: { ...ROLLED, replicas: "int32", strategy: "object", paused: "bool", progressDeadlineSeconds: "int32" },
  StatefulSet: {
    ...ROLLED,
    replicas: "int32",
    volumeClaimTemplates: "list",
    serviceName: "string",
    podManagementPolicy: "string",
    updateStrategy: "object",
    persistentVolumeClaimRetentionPolicy: "object",
    ordinals: "object",
  },
  DaemonSet: { ...ROLLED, updateStrategy: "object" },
  Node: {
    podCIDR: "string",
    podCIDRs: "list",
    providerID: "string",
    unschedulable: "bool",
    taints: "list",
    configSource: "object",
    externalID: "string",
  },
  CronJob: {
    schedule: "string",
    timeZone: "string",
    startingDeadlineSeconds: "int64",
    concurrencyPolicy: "string",
    suspend: "bool",
    jobTemplate: "object",
    successfulJobsHistoryLimit: "int32",
    failedJobsHistoryLimit: "int32",
  },
};

export function specFields(kind: string): Readonly<Record<string, GoType>> {
  return SPEC_FIELDS[kind] ?? {};
}

export function isOf(type: GoType, value: unknown): boolean {
  switch (type) {
    case "int32":
    case "int64":
      return Number.isInteger(value);
    case "bool":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    case "list":
      return isList(value);
    case "object":
      return isMembers(value);
  }
}

/** What Go calls a value that is of another type. */
export function goNameOf(value: unknown): string {
  if (isList(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}
