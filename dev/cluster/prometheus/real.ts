// A real Prometheus over the stand-in, in a throwaway folder, with a past made by promtool where that is installed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilReady } from "../../throwaway/ready.ts";
import { freePort } from "../../stack/free-port.ts";
import { findProgram, MissingProgram, start } from "../../throwaway/server.ts";
import { startExporter } from "./exporter.ts";
import { history } from "./history.ts";
import { alertRules, prometheusConfig } from "./settings.ts";

import type { RunningPrometheus } from "./running.ts";
import type { Source } from "./source.ts";

/** Undefined when the program is not installed. */
export function findPrometheus(): string | undefined {
  return find("prometheus");
}

function find(name: string): string | undefined {
  try {
    return findProgram({ name, debianPackage: "prometheus" });
  } catch (cause) {
    if (cause instanceof MissingProgram) return undefined;
    throw cause;
  }
}

export async function startReal(program: string, source: Source): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-prometheus-"));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 3 })];
  const close = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const exporter = await startExporter(source);
    stops.push(() => exporter.close());
    const [configFile, rulesFile, data] = [
      join(folder, "prometheus.yml"),
      join(folder, "rules.yml"),
      join(folder, "data"),
    ];
    await writeFile(rulesFile, alertRules());
    await writeFile(configFile, prometheusConfig(exporter.address, rulesFile));
    await backfill(source, folder, data);

    const port = await freePort();
    const server = start({ program, args: argumentsFor({ configFile, data, port }) });
    stops.push(() => server.stop());
    const url = `http://127.0.0.1:${port}`;
    await untilReady(server, async () => {
      const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1_000) });
      if (!response.ok) throw new Error(`not ready: ${response.status}`);
    });
    return { kind: "real", url, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

interface Places {
  readonly configFile: string;
  readonly data: string;
  readonly port: number;
}

function argumentsFor({ configFile, data, port }: Places): readonly string[] {
  return [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${data}`,
    "--storage.tsdb.retention.time=1d",
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=warn",
  ];
}

/** Without promtool there is no past: ranges then begin at the start, which is honest, too. */
async function backfill(source: Source, folder: string, data: string): Promise<void> {
  const promtool = find("promtool");
  if (promtool === undefined) return;
  const file = join(folder, "history.txt");
  await writeFile(file, history(source));
  const child = spawn(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, data], { stdio: "ignore" });
  await once(child, "exit");
  await rm(file);
}
