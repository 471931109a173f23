// What the environment of the actions proxy says. Nothing may be changed that it does not name.
import * as z from "zod";
import { credentialSource } from "../config-credentials.ts";
import { AllowedNamespaces, ClusterName, commaList, Port, PublicKeys, RedactPatterns } from "../config-fields.ts";
import { ACTION_ROUTES } from "../contract/index.ts";
import { err, ok } from "../result.ts";

import type { CredentialSource } from "../config-credentials.ts";
import type { PublicKey } from "../config-fields.ts";
import type { ActionName } from "../contract/index.ts";
import type { Result } from "../result.ts";
import type { Bounds } from "./action.ts";
import type { PodName } from "./paths.ts";

const METRICS_PORT = 9090;
const NAMES = Object.keys(ACTION_ROUTES).join(", ");

const ActionNames = z.string().transform((text, context) => {
  const asked = commaList(text);
  const known = asked.filter((name): name is ActionName => Object.hasOwn(ACTION_ROUTES, name));
  if (known.length === asked.length) return known;
  context.addIssue({ code: "custom", message: `must be a comma list of ${NAMES}` });
  return z.NEVER;
});

const Settings = z.object({
  CLUSTER_NAME: ClusterName,
  GATEHOUSE_PUBLIC_KEY: PublicKeys,
  ALLOWED_NAMESPACES: AllowedNamespaces,
  ALLOWED_ACTIONS: ActionNames.default([]),
  MAX_REPLICAS: z
    .string()
    .regex(/^\d{1,4}$/, "must be a whole number up to 9999")
    .transform(Number)
    .default(20),
  PORT: Port.default(8080),
  METRICS_PORT: Port.optional(),
  HOST: z.string().default("0.0.0.0"),
  REDACT_PATTERNS: RedactPatterns.default([]),
  POD_NAMESPACE: z.string().optional(),
  POD_NAME: z.string().optional(),
});
type Settings = z.output<typeof Settings>;

export interface ActionsConfig {
  readonly clusterName: string;
  readonly publicKeys: readonly PublicKey[];
  readonly allowedNamespaces: readonly string[];
  readonly allowedActions: readonly ActionName[];
  readonly bounds: Bounds;
  readonly port: number;
  readonly metricsPort: number;
  readonly host: string;
  readonly credentials: CredentialSource;
  readonly redactPatterns: readonly string[];
  readonly ownPod: PodName | undefined;
}

export function loadActionsConfig(environment: NodeJS.ProcessEnv): Result<ActionsConfig, string> {
  // A manifest cannot unset a variable, only leave it empty.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const settings = Settings.safeParse(given);
  const credentials = credentialSource(given);
  const faults = [
    ...(settings.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? []),
    ...(credentials.ok ? [] : [credentials.error]),
    ...(given.PORT !== undefined && given.PORT !== "0" && given.PORT === given.METRICS_PORT
      ? ["PORT and METRICS_PORT are the same: the tunnel must not reach the metrics"]
      : []),
  ];
  if (!settings.success || !credentials.ok || faults.length > 0)
    return err(faults.map((fault) => `- ${fault}`).join("\n"));
  return ok(toConfig(settings.data, credentials.value));
}

function toConfig(settings: Settings, credentials: CredentialSource): ActionsConfig {
  const { POD_NAMESPACE: namespace, POD_NAME: name } = settings;
  return {
    clusterName: settings.CLUSTER_NAME,
    publicKeys: settings.GATEHOUSE_PUBLIC_KEY,
    allowedNamespaces: settings.ALLOWED_NAMESPACES,
    allowedActions: settings.ALLOWED_ACTIONS,
    bounds: { maxReplicas: settings.MAX_REPLICAS },
    port: settings.PORT,
    metricsPort: settings.METRICS_PORT ?? (credentials.kind === "in-cluster" ? METRICS_PORT : 0),
    host: settings.HOST,
    credentials,
    redactPatterns: settings.REDACT_PATTERNS,
    ownPod: namespace !== undefined && name !== undefined ? { namespace, name } : undefined,
  };
}
