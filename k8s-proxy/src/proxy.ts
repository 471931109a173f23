// Puts the proxy together: the only file that knows every part, and the only one that makes them.
import { setTimeout as wait } from "node:timers/promises";
import { createApp } from "./app.ts";
import { authenticator } from "./authenticate.ts";
import { kubernetesApi } from "./kubernetes/client.ts";
import { loadCredentials } from "./kubernetes/credentials.ts";
import { ok } from "./result.ts";
import { listen } from "./serve.ts";

import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { Result } from "./result.ts";

/** Less than the 30 s that a pod is given by default, with the time before SIGTERM's arrival taken off. */
const DRAIN_MS = 10_000;

export interface Proxy {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startProxy(config: Config, log: Log): Promise<Result<Proxy, string>> {
  const now = () => Date.now();
  const credentials = await loadCredentials(config.credentials, { now });
  if (!credentials.ok) return credentials;

  const stopping = new AbortController();
  const api = kubernetesApi(credentials.value, {
    now,
    random: Math.random,
    wait: (ms, signal) => wait(ms, undefined, { signal }),
  });
  const app = createApp({
    authenticate: await authenticator({ keys: config.publicKeys, clusterName: config.clusterName, now }),
    allowedNamespaces: config.allowedNamespaces,
    backends: { api, now },
    log,
    newId: () => crypto.randomUUID(),
    stopping: stopping.signal,
  });
  const listening = await listen(app, config);

  return ok({
    port: listening.port,
    async stop() {
      stopping.abort();
      await listening.stop(DRAIN_MS);
      await api.close();
    },
  });
}
