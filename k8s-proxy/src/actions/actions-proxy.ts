// Puts the actions proxy together: a process of its own beside the reading one, with an account of its own.
import { setTimeout as wait } from "node:timers/promises";
import { authenticator } from "../authenticate.ts";
import { ACTION_TOKEN_TYPE, actionAudience } from "../contract/index.ts";
import { createInternalApp } from "../internal-app.ts";
import { kubernetesApi } from "../kubernetes/client.ts";
import { loadCredentials } from "../kubernetes/credentials.ts";
import { proxyMetrics } from "../metrics.ts";
import { openDoors } from "../open-doors.ts";
import { createRedactor } from "../redact/redact.ts";
import { ok } from "../result.ts";
import { VERSION } from "../version.ts";
import { createActionsApp } from "./app.ts";
import { kubernetesWrites } from "./egress.ts";
import { keyMemory } from "./keys.ts";
import { actionsReadiness } from "./readiness.ts";

import type { Log } from "../log.ts";
import type { Running } from "../open-doors.ts";
import type { Result } from "../result.ts";
import type { ActionsConfig } from "./config.ts";

/** For as long as a run may be looked into by those who were there. */
const KEEP_KEYS_MS = 24 * 60 * 60_000;
/** More than people approve in a day; of some twenty kilobytes each at worst. */
const MAX_KEYS = 2_000;

const now = () => Date.now();

export async function startActionsProxy(config: ActionsConfig, log: Log): Promise<Result<Running, string>> {
  const { clusterName, credentials: source, bounds, ownPod } = config;
  const credentials = await loadCredentials(source, { now });
  if (!credentials.ok) return credentials;

  const metrics = proxyMetrics({ version: VERSION, cluster: clusterName });
  const onAnswer = metrics.upstream.bind(metrics);
  const reading = { random: Math.random, wait: (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }) };
  const api = kubernetesApi(credentials.value, { now, onAnswer, ...reading });
  const writes = kubernetesWrites(credentials.value, { now, onAnswer });
  const stopping = new AbortController();
  const readiness = actionsReadiness({ api, now, stopping: stopping.signal });
  const token = { type: ACTION_TOKEN_TYPE, audience: actionAudience(clusterName) };
  const app = createActionsApp({
    ...config,
    authenticate: await authenticator({ keys: config.publicKeys, clusterName, token, now }),
    keys: keyMemory({ keepMs: KEEP_KEYS_MS, capacity: MAX_KEYS, now }),
    tools: { api, writes, bounds, ownPod, now },
    redact: createRedactor(config.redactPatterns),
    log,
    metrics,
    readiness,
    newId: () => crypto.randomUUID(),
    stopping: stopping.signal,
  });
  const internal = createInternalApp({ metrics, readiness });
  const close = () => Promise.all([api.close(), writes.close()]);
  return ok(await openDoors({ app, internal, at: config, stopping, close }));
}
