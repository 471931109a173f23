// The whole of Gatehouse on one machine: storage, a cluster, its proxy and the Worker, each as close to the real one as it gets.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildConsole } from "../../console/build.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { root } from "../node/runtime.mjs";
import { bindings, databaseUrl, serve, storage } from "../storage/server.ts";
import { start, waitUntil } from "./child.ts";
import { answers, startClusters } from "./clusters.ts";
import { freePort } from "./free-port.ts";
import { keptSecrets, makeSecrets } from "./secrets.ts";
import { withSecrets } from "./worker-config.ts";
import type { Sql } from "../../src/adapters/neon-sql.ts";
import type { KeyStore } from "./api-keys.ts";
import type { Running } from "./child.ts";
import type { ClusterAddress, ClusterOptions, StartedClusters, Stops } from "./clusters.ts";
import type { Secrets } from "./secrets.ts";

export interface StackOptions extends ClusterOptions {
  /** `kept` survives the stack, in `.dev`; `fresh` is gone with it. */
  readonly state: "kept" | "fresh";
  readonly output: "inherit" | "quiet";
  readonly onProgress?: (step: string) => void;
  readonly postgresUrl?: string | undefined;
  readonly redisUrl?: string | undefined;
  /** More variables for the Worker. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly port?: number | undefined;
  readonly args?: readonly string[];
  /** A wrangler configuration instead of the deployment's own. */
  readonly config?: string;
}

export interface Stack {
  /** `ws://127.0.0.1:8787/mcp` */
  readonly address: string;
  /** `http://127.0.0.1:8787/console/` */
  readonly consoleUrl: string;
  readonly keys: KeyStore;
  /** As the owner of the database. */
  readonly sql: Sql;
  readonly owner: { readonly databaseUrl: string; readonly keyPepper: string };
  readonly worker: Running;
  /** What answers PromQL. Recorded answers are another cluster's, which whoever shows them must say. */
  readonly prometheus: StartedClusters["prometheus"];
  stop(): Promise<void>;
}

export const DEV_FOLDER = join(root, ".dev");

export async function startStack(options: StackOptions): Promise<Stack> {
  const stops: Stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };

  try {
    return await startParts(options, stops, stop);
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function startParts(options: StackOptions, stops: Stops, stop: () => Promise<void>): Promise<Stack> {
  const { state, onProgress = () => undefined } = options;
  mkdirSync(DEV_FOLDER, { recursive: true });
  const isKept = state === "kept";
  const folder = isKept ? DEV_FOLDER : mkdtempSync(join(DEV_FOLDER, `fresh-${process.pid}-`));
  if (!isKept) stops.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const secrets = isKept ? keptSecrets(join(folder, "secrets.json")) : makeSecrets();

  onProgress(
    `storage: ${options.postgresUrl ? "PostgreSQL" : "PGlite"} and ${options.redisUrl ? "Redis" : "a Redis in JavaScript"}`,
  );
  const { postgresUrl, redisUrl } = options;
  const store = await storage({
    postgresUrl,
    redisUrl,
    dataDir: isKept && !postgresUrl ? join(folder, "postgres") : undefined,
  });
  stops.push(() => store.close());
  const served = await serve((request) => store.fetch(request));
  stops.push(() => served.close());

  onProgress(
    options.kubeconfig ? `cluster: ${options.kubeconfig}` : "cluster: a stand-in with a recording of real workloads",
  );
  const clusters = await startClusters({ prometheus: "auto", ...options }, secrets, stops);
  onProgress(`metrics: ${METRICS[clusters.prometheus]}`);

  onProgress("Worker: wrangler dev");
  await buildConsole();
  const owner = { databaseUrl: databaseUrl(served.origin, "owner"), keyPepper: secrets.keyPepper };
  const sql = neonSql(owner.databaseUrl);
  const variables = { ...bindings(served.origin), ...workerVariables(secrets, clusters.addresses), ...options.vars };
  const { address, worker } = await startWorker(options, folder, variables);
  stops.push(() => worker.stop());
  const keys = { sql, pepper: owner.keyPepper };
  const consoleUrl = address.replace(/^ws/, "http").replace(/\/mcp$/, "/console/");
  return { address, consoleUrl, keys, sql, owner, worker, prometheus: clusters.prometheus, stop };
}

const METRICS = {
  real: "a Prometheus that scrapes the stand-in",
  recorded: "recorded answers of another cluster: Prometheus is not installed",
  given: "the Prometheus that you named",
  none: "none",
} as const satisfies Record<StartedClusters["prometheus"], string>;

export function workerVariables(
  { keyPepper, signingKey, approvalKey, auditKey, metricsToken }: Secrets,
  clusters: readonly ClusterAddress[],
): Record<string, string> {
  return {
    KEY_PEPPER: keyPepper,
    PROXY_SIGNING_KEY: JSON.stringify(signingKey),
    APPROVAL_SIGNING_KEY: JSON.stringify(approvalKey),
    AUDIT_SIGNING_KEY: JSON.stringify(auditKey),
    METRICS_TOKEN: metricsToken,
    CLUSTERS: JSON.stringify(clusters),
  };
}

async function startWorker(
  { output, port: wanted = 8787, args = [], config = join(root, "wrangler.toml") }: StackOptions,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ address: string; worker: Running }> {
  const port = await freePort(wanted);
  // A file and not arguments: every user of the machine can read a program's arguments.
  const envFile = join(folder, "worker.env");
  const origin = `http://127.0.0.1:${port}`;
  const lines = Object.entries({ CONSOLE_URL: origin, ...variables }).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(envFile, `${lines.join("\n")}\n`, { mode: 0o600 });

  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  const where = ["--ip", "127.0.0.1", "--port", String(port), "--persist-to", join(folder, "workerd")];
  const worker = start({
    name: "wrangler",
    args: [
      wrangler,
      "dev",
      "--config",
      withSecrets(config, Object.keys(variables), folder),
      "--env-file",
      envFile,
      ...where,
      ...args,
    ],
    // Secrets that happen to be set in this shell must not find their way in: wrangler would prefer them.
    env: { ...process.env, ...unset(variables), CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
    output,
  });
  try {
    await waitUntil("The Worker", worker, () => answers(`${origin}/health`));
  } catch (cause) {
    await worker.stop();
    throw cause;
  }
  return { address: `ws://127.0.0.1:${port}/mcp`, worker };
}

function unset(variables: object): Record<string, undefined> {
  return Object.fromEntries(Object.keys(variables).map((name) => [name, undefined]));
}
