// The real actions proxy of a cluster, in this process and in front of whatever answers for its API server.

import { ACTIONS } from "../../k8s-proxy/src/actions/handlers.ts";
import { createActionsApp } from "../../k8s-proxy/src/actions/app.ts";
import { kubernetesWrites } from "../../k8s-proxy/src/actions/egress.ts";
import { keyMemory } from "../../k8s-proxy/src/actions/keys.ts";
import { actionsReadiness } from "../../k8s-proxy/src/actions/readiness.ts";
import { authenticator } from "../../k8s-proxy/src/authenticate.ts";
import { ACTION_TOKEN_TYPE, actionAudience } from "../../k8s-proxy/src/contract/index.ts";
import { kubernetesApi } from "../../k8s-proxy/src/kubernetes/client.ts";
import { proxyMetrics } from "../../k8s-proxy/src/metrics.ts";
import { redact } from "../../k8s-proxy/src/redact/redact.ts";
import type { PublicKey } from "../../k8s-proxy/src/config.ts";

export interface ActionsProxyOptions {
  /** The Worker's. */
  readonly publicKey: PublicKey;
  readonly clusterName: string;
  readonly server: URL;
  readonly now: () => number;
}

export interface ActionsProxy {
  fetch(url: string, init: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Everything is allowed that the contract has, up to twenty replicas. */
export async function actionsProxy(options: ActionsProxyOptions): Promise<ActionsProxy> {
  const { publicKey, clusterName, server, now } = options;
  const credentials = { server, tls: {}, token: () => Promise.resolve(undefined) };
  const api = kubernetesApi(credentials, { now, random: () => 0, wait: () => Promise.resolve() });
  const writes = kubernetesWrites(credentials, { now });
  const stopping = new AbortController().signal;
  const token = { type: ACTION_TOKEN_TYPE, audience: actionAudience(clusterName) };
  const app = createActionsApp({
    authenticate: await authenticator({ keys: [publicKey], clusterName, token, now }),
    allowedNamespaces: ["*"],
    allowedActions: ACTIONS.map(({ name }) => name),
    keys: keyMemory({ keepMs: 24 * 3_600_000, capacity: 2_000, now }),
    tools: { api, writes, bounds: { maxReplicas: 20 }, now },
    redact,
    log: () => undefined,
    metrics: proxyMetrics({ version: "0.0.0", cluster: clusterName }),
    readiness: actionsReadiness({ api, now, stopping }),
    newId: () => crypto.randomUUID(),
    stopping,
  });
  return {
    fetch: async (url, init) => app.request(url, init),
    close: async () => {
      await Promise.all([api.close(), writes.close()]);
    },
  };
}
