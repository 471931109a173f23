// What the environment says: checked once at the start, and every fault named in one message.
import * as z from "zod";
import { credentialSource } from "./config-credentials.ts";
import {
  AllowedNamespaces,
  BackendUrl,
  ClusterName,
  FilePath,
  Port,
  PublicKeys,
  RedactPatterns,
  Resources,
  Switch,
  Tenant,
} from "./config-fields.ts";
import { err, ok } from "./result.ts";

import type { CredentialSource } from "./config-credentials.ts";
import type { PublicKey } from "./config-fields.ts";
import type { Result } from "./result.ts";

export type { CredentialSource } from "./config-credentials.ts";
export type { PublicKey } from "./config-fields.ts";

/** What `gatehouse-read` and `gatehouse-read-cluster` let the proxy list, in kubectl's words. */
const READABLE_RESOURCES =
  "pods,services,endpoints,events,persistentvolumeclaims,resourcequotas,limitranges,nodes,namespaces,persistentvolumes," +
  "deployments.apps,replicasets.apps,statefulsets.apps,daemonsets.apps,controllerrevisions.apps,jobs.batch,cronjobs.batch," +
  "horizontalpodautoscalers.autoscaling,poddisruptionbudgets.policy,ingresses.networking.k8s.io," +
  "networkpolicies.networking.k8s.io,endpointslices.discovery.k8s.io,storageclasses.storage.k8s.io";

/** Where Prometheus's own metrics are found by habit. */
const METRICS_PORT = 9090;

const Settings = z.object({
  CLUSTER_NAME: ClusterName,
  GATEHOUSE_PUBLIC_KEY: PublicKeys,
  ALLOWED_NAMESPACES: AllowedNamespaces,
  PORT: Port.default(8080),
  METRICS_PORT: Port.optional(),
  HOST: z.string().default("0.0.0.0"),
  PROMETHEUS_URL: BackendUrl.optional(),
  PROMETHEUS_TOKEN_FILE: FilePath.optional(),
  ALERTMANAGER_URL: BackendUrl.optional(),
  LOKI_URL: BackendUrl.optional(),
  LOKI_TOKEN_FILE: FilePath.optional(),
  LOKI_TENANT: Tenant.optional(),
  RESOURCES: Resources.prefault(READABLE_RESOURCES),
  EXTRA_RESOURCES: Resources.default([]),
  REDACT_PATTERNS: RedactPatterns.default([]),
  ACCEPT_INCOMPLETE_RULES: Switch.default(false),
  DEVELOPMENT_ACCEPT_WRITE_RIGHTS: Switch.default(false),
  POD_NAMESPACE: z.string().optional(),
});
type Settings = z.output<typeof Settings>;

/** A server behind the proxy other than the API server. */
export interface Backend {
  readonly url: URL;
  /** A bearer token for it, read again and again. */
  readonly tokenFile?: string | undefined;
}

export interface Config {
  readonly clusterName: string;
  readonly publicKeys: readonly PublicKey[];
  readonly allowedNamespaces: readonly string[];
  readonly port: number;
  /** A port of its own, so that whoever may call the proxy cannot read what it is asked. */
  readonly metricsPort: number;
  readonly host: string;
  readonly credentials: CredentialSource;
  readonly prometheus: Backend | undefined;
  readonly alertmanager: Backend | undefined;
  readonly loki: (Backend & { readonly tenant?: string | undefined }) | undefined;
  /** What `list-resources` and `get-resource` may read: `pods`, `databases.example.com`. Never Secrets. */
  readonly resources: readonly string[];
  /** RE2 patterns of this cluster's own secrets, beside the built-in ones. */
  readonly redactPatterns: readonly string[];
  readonly acceptIncompleteRules: boolean;
  /** For personal accounts on a development machine; never true in a cluster. */
  readonly acceptWriteRights: boolean;
  readonly ownNamespace: string | undefined;
}

export function loadConfig(environment: NodeJS.ProcessEnv): Result<Config, string> {
  // A manifest cannot unset a variable, only leave it empty.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const settings = Settings.safeParse(given);
  const credentials = credentialSource(given);
  const faults = [
    ...(settings.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? []),
    ...(credentials.ok ? [] : [credentials.error]),
    ...contradictions(given, credentials.ok && credentials.value.kind === "in-cluster"),
  ];
  if (!settings.success || !credentials.ok || faults.length > 0)
    return err(faults.map((fault) => `- ${fault}`).join("\n"));
  return ok(toConfig(settings.data, credentials.value));
}

function toConfig(settings: Settings, credentials: CredentialSource): Config {
  const { PROMETHEUS_URL, ALERTMANAGER_URL, LOKI_URL, LOKI_TENANT: tenant } = settings;
  return {
    clusterName: settings.CLUSTER_NAME,
    publicKeys: settings.GATEHOUSE_PUBLIC_KEY,
    allowedNamespaces: settings.ALLOWED_NAMESPACES,
    port: settings.PORT,
    // On a developer's machine 9090 is likely to be a Prometheus's, and two proxies may run side by side.
    metricsPort: settings.METRICS_PORT ?? (credentials.kind === "in-cluster" ? METRICS_PORT : 0),
    host: settings.HOST,
    credentials,
    prometheus: backend(PROMETHEUS_URL, settings.PROMETHEUS_TOKEN_FILE),
    alertmanager: backend(ALERTMANAGER_URL, undefined),
    loki: LOKI_URL && { ...backend(LOKI_URL, settings.LOKI_TOKEN_FILE), url: LOKI_URL, ...(tenant && { tenant }) },
    resources: [...new Set([...settings.RESOURCES, ...settings.EXTRA_RESOURCES])],
    redactPatterns: settings.REDACT_PATTERNS,
    acceptIncompleteRules: settings.ACCEPT_INCOMPLETE_RULES,
    acceptWriteRights: settings.DEVELOPMENT_ACCEPT_WRITE_RIGHTS,
    ownNamespace: settings.POD_NAMESPACE,
  };
}

function backend(url: URL | undefined, tokenFile: string | undefined): Backend | undefined {
  return url && { url, ...(tokenFile !== undefined && { tokenFile }) };
}

/** Variables that mean nothing without another, or must not be set where we are. */
function contradictions(given: Readonly<Record<string, string | undefined>>, isInCluster: boolean): string[] {
  const needs = [
    ["PROMETHEUS_TOKEN_FILE", "PROMETHEUS_URL"],
    ["LOKI_TOKEN_FILE", "LOKI_URL"],
    ["LOKI_TENANT", "LOKI_URL"],
  ] as const;
  return [
    ...needs
      .filter(([name, other]) => given[name] !== undefined && given[other] === undefined)
      .map(([name, other]) => `${name} needs ${other} beside it`),
    ...(given.PORT !== undefined && given.PORT !== "0" && given.PORT === given.METRICS_PORT
      ? ["PORT and METRICS_PORT are the same: the tunnel must not reach the metrics"]
      : []),
    ...(isInCluster && given.DEVELOPMENT_ACCEPT_WRITE_RIGHTS === "true"
      ? ["DEVELOPMENT_ACCEPT_WRITE_RIGHTS is for a development machine: in a cluster, take the rights away"]
      : []),
  ];
}
