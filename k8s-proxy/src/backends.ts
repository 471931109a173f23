// What stands behind the proxy, as the configuration names it: each with its own credentials, and none that was not named.
import { setTimeout as wait } from "node:timers/promises";
import { createEgress } from "./egress.ts";
import { kubernetesApi } from "./kubernetes/client.ts";
import { loadCredentials } from "./kubernetes/credentials.ts";
import { podCounts } from "./kubernetes/pod-counts.ts";
import { resourceCatalogue } from "./kubernetes/resource-catalogue.ts";
import { tokenFile } from "./kubernetes/token-file.ts";
import { logTurns } from "./logs/log-turns.ts";
import { loki } from "./loki/client.ts";
import { LOKI } from "./loki/upstream.ts";
import { alertmanager } from "./prometheus/alertmanager.ts";
import { prometheus } from "./prometheus/client.ts";
import { ALERTMANAGER, PROMETHEUS } from "./prometheus/upstream.ts";
import { createRedactor } from "./redact/redact.ts";
import { err, ok } from "./result.ts";

import type { Backend, Config } from "./config.ts";
import type { EgressOptions } from "./egress.ts";
import type { Credentials } from "./kubernetes/identity.ts";
import type { Backends } from "./reading.ts";
import type { Result } from "./result.ts";

export interface BackendOptions {
  readonly now: () => number;
  readonly onAnswer: NonNullable<EgressOptions["onAnswer"]>;
}

/** Reads every token once, so that a wrong path stops the start and not the first call. */
export async function connectBackends(config: Config, options: BackendOptions): Promise<Result<Backends, string>> {
  const { now } = options;
  const credentials = await loadCredentials(config.credentials, { now });
  if (!credentials.ok) return credentials;
  const metrics = await credentialsOf(config.prometheus, now);
  if (!metrics.ok) return metrics;
  const alerts = await credentialsOf(config.alertmanager, now);
  if (!alerts.ok) return alerts;
  const logs = await credentialsOf(config.loki, now);
  if (!logs.ok) return logs;

  const sending = {
    ...options,
    random: Math.random,
    wait: (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }),
  };
  return ok({
    api: kubernetesApi(credentials.value, sending),
    prometheus: metrics.value && prometheus(createEgress(metrics.value, PROMETHEUS, sending), { now }),
    alertmanager: alerts.value && alertmanager(createEgress(alerts.value, ALERTMANAGER, sending)),
    loki: logs.value && loki(createEgress(ofTenant(logs.value, config.loki?.tenant), LOKI, sending)),
    logSearches: logTurns(),
    redact: createRedactor(config.redactPatterns),
    podCounts: podCounts(),
    resources: new Set(config.resources),
    resourceCatalogue: resourceCatalogue(),
    now,
  });
}

export async function closeBackends({ api, prometheus, alertmanager, loki }: Backends): Promise<void> {
  await Promise.all([api.close(), prometheus?.close(), alertmanager?.close(), loki?.close()]);
}

function ofTenant(credentials: Credentials, tenant: string | undefined): Credentials {
  return tenant === undefined ? credentials : { ...credentials, headers: { "x-scope-orgid": tenant } };
}

async function credentialsOf(
  backend: Backend | undefined,
  now: () => number,
): Promise<Result<Credentials | undefined, string>> {
  if (backend === undefined) return ok(undefined);
  const { url: server, tokenFile: path } = backend;
  if (path === undefined) return ok({ server, tls: {}, token: () => Promise.resolve(undefined) });
  const token = tokenFile(path, now);
  try {
    await token(0);
    return ok({ server, tls: {}, token });
  } catch (cause) {
    return err(
      `the token for ${server.hostname} cannot be read: ${cause instanceof Error ? cause.message : "unknown"}`,
    );
  }
}
