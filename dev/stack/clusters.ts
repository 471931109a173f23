// The clusters of a development stack: each a stand-in (or a real one), its Prometheus, and the proxy in front of both.

import { join } from "node:path";
import { ACTION_ROUTES } from "k8s-proxy/contract";
import { startPrometheus } from "../cluster/prometheus/start.ts";
import { startCluster } from "../cluster/server.ts";
import { root } from "../node/runtime.mjs";
import { start, waitUntil } from "./child.ts";
import { freePort } from "./free-port.ts";
import type { RunningCluster } from "../cluster/server.ts";
import type { RunningPrometheus } from "../cluster/prometheus/running.ts";
import type { Secrets } from "./secrets.ts";

export interface ClusterOptions {
  /** A real cluster instead of the first stand-in: the path of a kubeconfig, and the context in it. */
  readonly kubeconfig?: string | undefined;
  readonly kubeContext?: string | undefined;
  /** A Prometheus that is there already, instead of one of ours. */
  readonly prometheusUrl?: string | undefined;
  /** `auto` starts a real one where its program is installed; `none` when left out. */
  readonly prometheus?: "auto" | "recorded" | "none";
  /** How many, for what concerns several. The others have no Prometheus, so that its absence can be seen, too. */
  readonly clusters?: 1 | 2;
}

/** What the Worker is told of a cluster. */
export interface ClusterAddress {
  readonly name: string;
  readonly url: string;
  /** Its actions proxy: stand-ins have one, and a real cluster is never changed from here. */
  readonly actions_url?: string;
}

export interface StartedClusters {
  readonly addresses: readonly ClusterAddress[];
  /** What stands behind the first one. `given` was there before us. */
  readonly prometheus: RunningPrometheus["kind"] | "given" | "none";
  /** The first one, where it is a stand-in: its pods can be changed. */
  readonly standIn: RunningCluster | undefined;
}

/** What to call at the end, the last one first. */
export type Stops = (() => Promise<unknown>)[];

export const CLUSTER_NAME = "demo";
const OTHER_NAME = "staging";
const FIRST_PROXY_PORT = 8790;
const FIRST_ACTIONS_PORT = 8795;

export async function startClusters(options: ClusterOptions, secrets: Secrets, stops: Stops): Promise<StartedClusters> {
  const first = await startBackends(options, stops);
  const others = options.clusters === 2 ? [await startBackends({}, stops)] : [];
  const proxies = [first, ...others].map(async ({ environment, standIn }, index): Promise<ClusterAddress> => {
    const name = index === 0 ? CLUSTER_NAME : OTHER_NAME;
    const reading = { name, program: READING, wantedPort: FIRST_PROXY_PORT + index, environment, secrets };
    const url = await startProxy(reading, stops);
    if (!standIn) return { name, url };
    const acting = { name, program: ACTING, wantedPort: FIRST_ACTIONS_PORT + index, secrets };
    const may = { KUBERNETES_URL: standIn.url, ALLOWED_ACTIONS: Object.keys(ACTION_ROUTES).join(",") };
    return { name, url, actions_url: await startProxy({ ...acting, environment: may }, stops) };
  });
  return { addresses: await Promise.all(proxies), prometheus: first.prometheus, standIn: first.standIn };
}

interface Backends {
  /** Where the proxy finds them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly prometheus: StartedClusters["prometheus"];
  readonly standIn?: RunningCluster;
}

async function startBackends(options: ClusterOptions, stops: Stops): Promise<Backends> {
  const { kubeconfig, kubeContext, prometheusUrl, prometheus = "none" } = options;
  const given = prometheusUrl !== undefined && { PROMETHEUS_URL: prometheusUrl };
  if (kubeconfig !== undefined) {
    // A person's kubeconfig can usually do everything; the proxy says so in its log and goes on.
    const accepted = { DEVELOPMENT_ACCEPT_WRITE_RIGHTS: "true" };
    const environment = { KUBECONFIG: kubeconfig, KUBE_CONTEXT: kubeContext, ...accepted, ...given };
    return { environment, prometheus: given ? "given" : "none" };
  }

  const cluster = await startCluster({ port: 0, isControlled: true });
  stops.push(() => cluster.close());
  const api = { KUBERNETES_URL: cluster.url };
  if (given) return { environment: { ...api, ...given }, prometheus: "given", standIn: cluster };
  if (prometheus === "none") return { environment: api, prometheus, standIn: cluster };

  const started = await startPrometheus({ cluster, ...(prometheus === "recorded" && { kind: prometheus }) });
  stops.push(() => started.close());
  return { environment: { ...api, PROMETHEUS_URL: started.url }, prometheus: started.kind, standIn: cluster };
}

interface Program {
  /** In its messages, and where it begins. */
  readonly name: string;
  readonly main: readonly string[];
}

const READING: Program = { name: "k8s-proxy", main: ["src", "main.ts"] };
const ACTING: Program = { name: "actions proxy", main: ["src", "actions", "main.ts"] };

interface ProxyOptions {
  readonly name: string;
  readonly program: Program;
  readonly wantedPort: number;
  readonly environment: Backends["environment"];
  readonly secrets: Secrets;
}

async function startProxy(options: ProxyOptions, stops: Stops): Promise<string> {
  const { name, program, wantedPort, environment, secrets } = options;
  const port = await freePort(wantedPort);
  const proxy = start({
    name: program.name,
    args: [join(root, "k8s-proxy", ...program.main)],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CLUSTER_NAME: name,
      GATEHOUSE_PUBLIC_KEY: JSON.stringify(secrets.publicKey),
      ALLOWED_NAMESPACES: "*",
      HOST: "127.0.0.1",
      PORT: String(port),
      ...environment,
    },
    output: "quiet",
  });
  stops.push(() => proxy.stop());
  await waitUntil(`The ${program.name}`, proxy, () => answers(`http://127.0.0.1:${port}/healthz`));
  return `http://127.0.0.1:${port}`;
}

export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
