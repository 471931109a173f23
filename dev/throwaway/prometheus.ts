// A real Prometheus for one run of the tests: it scrapes itself, a node exporter where there is one, and what else it is told.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilReady } from "./ready.ts";
import { freePort } from "../stack/free-port.ts";
import { findProgram, MissingProgram, start } from "./server.ts";
import type { Running, Throwaway } from "./server.ts";

const PROMETHEUS = { name: "prometheus", debianPackage: "prometheus" };
const NODE_EXPORTER = { name: "prometheus-node-exporter", debianPackage: "prometheus-node-exporter" };

export interface PrometheusOptions {
  /** More jobs: a name and `host:port`, scraped at /metrics. */
  readonly jobs?: Readonly<Record<string, string>>;
  /** By job: what it presents as bearer. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** The text of a rule file. */
  readonly rules?: string;
}

export function hasPrometheus(): boolean {
  try {
    findProgram(PROMETHEUS);
    return true;
  } catch (cause) {
    if (cause instanceof MissingProgram) return false;
    throw cause;
  }
}

/** Two of its own jobs carry a namespace, `shop` and `platform`; one job, `dead`, never answers. */
export async function throwawayPrometheus({
  jobs = {},
  tokens = {},
  rules = "",
}: PrometheusOptions = {}): Promise<Throwaway> {
  const program = findProgram(PROMETHEUS);
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-prometheus-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const exporter = await nodeExporter();
  try {
    const address = `127.0.0.1:${await freePort()}`;
    const node = exporter ? { node: exporter.address } : {};
    writeFileSync(join(folder, "rules.yml"), rules);
    writeFileSync(join(folder, "prometheus.yml"), configuration(address, { ...node, ...jobs }, tokens));
    const server = start({ program, args: argumentsFor(folder, address) });
    const url = `http://${address}`;
    await untilReady(server, () => requireReady(url));
    return { url, stop: () => Promise.all([server.stop(), exporter?.server.stop()]).then(remove) };
  } catch (cause) {
    await exporter?.server.stop();
    remove();
    throw cause;
  }
}

function argumentsFor(folder: string, address: string): readonly string[] {
  return [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--log.level=warn",
  ];
}

function configuration(self: string, jobs: Readonly<Record<string, string>>, tokens: Readonly<Record<string, string>>) {
  const own = [
    { job_name: "prometheus", static_configs: [{ targets: [self] }] },
    { job_name: "shop", static_configs: [{ targets: [self], labels: { namespace: "shop", pod: "web-1" } }] },
    { job_name: "platform", static_configs: [{ targets: [self], labels: { namespace: "platform", pod: "gw-1" } }] },
    { job_name: "dead", static_configs: [{ targets: ["127.0.0.1:1"] }], params: { api_key: ["EXAMPLE-KEY"] } },
  ];
  const others = Object.entries(jobs).map(([job_name, target]) => ({
    job_name,
    static_configs: [{ targets: [target] }],
    ...(tokens[job_name] !== undefined && { authorization: { credentials: tokens[job_name] } }),
  }));
  // JSON is YAML.
  return JSON.stringify({
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: ["rules.yml"],
    scrape_configs: [...own, ...others],
  });
}

async function nodeExporter(): Promise<{ readonly server: Running; readonly address: string } | undefined> {
  try {
    const program = findProgram(NODE_EXPORTER);
    const address = `127.0.0.1:${await freePort()}`;
    return { server: start({ program, args: [`--web.listen-address=${address}`] }), address };
  } catch (cause) {
    if (cause instanceof MissingProgram) return undefined;
    throw cause;
  }
}

async function requireReady(url: string): Promise<void> {
  const response = await fetch(`${url}/-/ready`);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it said ${response.status}`);
}
