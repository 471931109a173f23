// `npm run bench`: Gatehouse beside the least that any server of its kind must do, in one run, on this machine.

import { readArguments, type Arguments } from "../dev/options.ts";
import { step } from "../dev/stack/terminal.ts";
import { buildBundle, startupCpuMs } from "./bundle.ts";
import { measureClusterSide } from "./cluster-side.ts";
import { Generator } from "./generator.ts";
import { measureMcp } from "./mcp.ts";
import { mcpReport, printMcp } from "./mcp-report.ts";
import { FULL, QUICK } from "./plan.ts";
import { print, printAims, report } from "./report.ts";
import { measureCrowds, measureRounds, media } from "./rounds.ts";
import { measureEvidence } from "./verify.ts";
import { startWorld } from "./world.ts";
import type { McpMeasured } from "./mcp.ts";
import type { Findings } from "./report.ts";
import type { Bench } from "./rounds.ts";
import type { WorkerCode } from "./server.ts";
import type { Aim } from "./summary.ts";
import type { World } from "./world.ts";

const USAGE = `npm run bench [-- options]

  --quick   in under a minute, to see that it runs; its figures are too few to be quoted
  --clusters  the cluster's side alone: pods, PromQL, redaction, log search; half a minute
  --mcp     our MCP engine beside the official SDK alone; four minutes, with --quick one
  --verify  verifying an export of the audit log alone; a minute
  --json    the same for programs, on standard output`;

async function main(): Promise<void> {
  const { values } = readArguments(USAGE, {
    quick: { type: "boolean" },
    clusters: { type: "boolean" },
    mcp: { type: "boolean" },
    verify: { type: "boolean" },
    json: { type: "boolean" },
  });
  const isJson = values.json === true;
  // Progress is for whoever waits; with --json it stays out of the way of the output.
  const onProgress = isJson ? () => undefined : step;

  const alone = aloneIn(values);
  if (alone) {
    tellAims(alone.title, await alone.measure(onProgress), isJson);
    return;
  }
  const effort = values.quick === true ? QUICK : FULL;
  if (values.mcp === true) return measureMcpAlone({ effort, onProgress }, isJson);
  const found = await measure(effort, onProgress);
  const clusters = await measureClusterSide(onProgress);
  const mcp = mcpReport(await measureMcpSide({ effort, onProgress }));
  const evidence = await measureEvidence(onProgress);
  const told = report(found, { clusters, mcp, evidence });
  if (isJson) console.log(JSON.stringify(told, null, 2));
  else print(told);
}

/** What is measured without a Worker also runs by itself. */
function aloneIn(values: Arguments["values"]) {
  if (values.clusters === true) return { title: "The cluster's side", measure: measureClusterSide };
  return values.verify === true ? { title: "Evidence", measure: measureEvidence } : undefined;
}

function tellAims(title: string, aims: readonly Aim[], isJson: boolean): void {
  if (isJson) console.log(JSON.stringify({ aims }, null, 2));
  else printAims(title, aims);
}

async function measureMcpAlone(bench: Pick<Bench, "effort" | "onProgress">, isJson: boolean): Promise<void> {
  const told = mcpReport(await measureMcpSide(bench));
  if (isJson) console.log(JSON.stringify(told, null, 2));
  else printMcp(told);
}

async function measureMcpSide(bench: Pick<Bench, "effort" | "onProgress">): Promise<readonly McpMeasured[]> {
  const world = await startWorld();
  const generator = new Generator();
  try {
    return await measureMcp({ ...bench, world, generator });
  } finally {
    generator.stop();
    await world.stop();
  }
}

async function measure(effort: Bench["effort"], onProgress: Bench["onProgress"]): Promise<Findings> {
  if (!media().includes("tmpfs")) onProgress("there is no /dev/shm here: everything is measured on disk");
  onProgress("building the Worker");
  const bundle = await buildBundle();
  onProgress("starting storage, the demo cluster and its proxy");
  const world = await startWorld();
  const generator = new Generator();
  try {
    const gatehouse = worker(bundle.script, world);
    const bench: Bench = { effort, world, generator, gatehouse, onProgress };
    onProgress("timing the start");
    const startup = await startupCpuMs(gatehouse, effort.starts);
    const measured = await measureRounds(bench);
    onProgress(`opening ${effort.sessions} sessions`);
    const crowds = await measureCrowds(bench);
    const cpuMedium = media()[0] ?? "disk";
    return { measured, crowds, gzipBytes: bundle.gzipBytes, startupCpuMs: startup, cpuMedium };
  } finally {
    generator.stop();
    await world.stop();
  }
}

function worker(script: string, { variables }: World): WorkerCode {
  return {
    name: "gatehouse",
    script,
    variables,
    objects: {
      SESSION: "SessionObject",
      CATALOGUE: "CatalogueObject",
      QUOTA: "QuotaObject",
      APPROVAL: "ApprovalObject",
      RUN: "RunObject",
      AUDIT_SINK: "AuditSinkObject",
      METRICS: "MetricsObject",
      AUDIT_KEEPER: "AuditKeeperObject",
    },
    rateLimits: ["DOOR_LIMIT", "REQUEST_LIMIT", "PUBLIC_LIMIT"],
  };
}

await main();
