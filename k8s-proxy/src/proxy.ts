// Puts the reading proxy together: the only file that knows every part.
import { createApp } from "./app.ts";
import { authenticator } from "./authenticate.ts";
import { closeBackends, connectBackends } from "./backends.ts";
import { createInternalApp } from "./internal-app.ts";
import { readOnlyProof } from "./kubernetes/read-only-proof.ts";
import { proxyMetrics } from "./metrics.ts";
import { openDoors } from "./open-doors.ts";
import { readinessCheck } from "./readiness.ts";
import { ok } from "./result.ts";
import { VERSION } from "./version.ts";

import type { Config } from "./config.ts";
import type { ReadOnlyProof } from "./kubernetes/read-only-proof.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Running } from "./open-doors.ts";
import type { Backends } from "./reading.ts";
import type { Result } from "./result.ts";

const PROOF_TICK_MS = 30_000;

interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly backends: Backends;
  readonly stopping: AbortController;
}

export async function startProxy(config: Config, log: Log): Promise<Result<Running, string>> {
  const metrics = proxyMetrics({ version: VERSION, cluster: config.clusterName });
  const backends = await connectBackends(config, {
    now: () => Date.now(),
    onAnswer: (...answer) => metrics.upstream(...answer),
  });
  if (!backends.ok) return backends;

  const parts = { config, log, metrics, backends: backends.value, stopping: new AbortController() };
  const proof = prove(parts);
  metrics.watchReadOnly(() => proof.verdict().verdict === "proven");
  return ok(await serve(parts, proof));
}

/** Asks at once, so that the first probe need not wait for it, and from then on whenever it is time to. */
function prove({ config, log, backends: { api, now }, stopping }: Parts): ReadOnlyProof {
  const proof = readOnlyProof({
    api,
    allowedNamespaces: config.allowedNamespaces,
    ownNamespace: config.ownNamespace,
    now,
    signal: stopping.signal,
    onChange: ({ namespaces: _, ...verdict }) => log({ event: "read_only", ...verdict }),
  });
  if (config.acceptWriteRights) {
    log({ event: "write_rights_accepted", detail: "DEVELOPMENT_ACCEPT_WRITE_RIGHTS is set: never do so for others" });
  }
  void proof.refresh();
  // Most of these ask nobody: the proof itself knows when it is due.
  const timer = setInterval(() => void proof.refresh(), PROOF_TICK_MS);
  timer.unref();
  stopping.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return proof;
}

async function serve(parts: Parts, proof: ReadOnlyProof): Promise<Running> {
  const { config, log, metrics, backends, stopping } = parts;
  const readiness = readinessCheck({
    api: backends.api,
    proof,
    accepts: ({ incomplete }) => config.acceptWriteRights || (config.acceptIncompleteRules && incomplete === true),
    now: backends.now,
    stopping: stopping.signal,
  });
  const app = createApp({
    authenticate: await authenticator({ keys: config.publicKeys, clusterName: config.clusterName, now: backends.now }),
    allowedNamespaces: config.allowedNamespaces,
    backends,
    log,
    metrics,
    readiness,
    isViolated: () => !config.acceptWriteRights && proof.verdict().verdict === "violated",
    newId: () => crypto.randomUUID(),
    stopping: stopping.signal,
  });
  const internal = createInternalApp({ metrics, readiness });
  return openDoors({ app, internal, at: config, stopping, close: () => closeBackends(backends) });
}
