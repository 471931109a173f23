// The Worker as it is deployed: built by wrangler, minified, weighed, and timed as it starts.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import file from "../gatehouse.json" with { type: "json" };
import { buildConsole } from "../console/build.ts";
import { root } from "../dev/node/runtime.mjs";
import { DEV_FOLDER } from "../dev/stack/stack.ts";
import { NO_LIMIT, startServer } from "./server.ts";
import { median } from "./statistics.ts";
import type { WorkerCode } from "./server.ts";

export interface Bundle {
  readonly script: string;
  readonly gzipBytes: number;
}

/** `aliases` put other modules in the place of the product's own. */
export async function buildBundle(aliases: Readonly<Record<string, string>> = {}): Promise<Bundle> {
  // Wrangler looks for its files, even where nothing is sent anywhere.
  await buildConsole();
  mkdirSync(DEV_FOLDER, { recursive: true });
  const folder = mkdtempSync(join(DEV_FOLDER, "bundle-"));
  try {
    const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
    const all = { "../../gatehouse.json": withoutQuotas(folder), ...aliases };
    const alias = Object.entries(all).flatMap(([module, path]) => ["--alias", `${module}:${path}`]);
    const args = [wrangler, "deploy", "--dry-run", "--minify", "--outdir", folder, ...alias];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
    const done = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env });
    if (done.status !== 0) throw new Error(`the Worker could not be built:\n${done.stdout}${done.stderr}`);

    const code = readFileSync(join(folder, "worker.js"));
    return { script: code.toString(), gzipBytes: gzipSync(code, { level: 9 }).length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The deployment's own roles, and quotas that one principal cannot use up, however fast it asks. */
function withoutQuotas(folder: string): string {
  const path = join(folder, "gatehouse.json");
  const endless = { minute: NO_LIMIT, hour: NO_LIMIT, day: NO_LIMIT };
  writeFileSync(path, JSON.stringify({ ...file, quotas: { default: endless } }));
  return path;
}

/** A Worker with the same bindings and classes that does nothing. */
const STUB = `
  export class SessionObject {}
  export class CatalogueObject {}
  export class QuotaObject {}
  export class ApprovalObject {}
  export class RunObject {}
  export class AuditSinkObject {}
  export class MetricsObject {}
  export class AuditKeeperObject {}
  export class RunbookWorkflow {}
  export default { fetch: () => new Response("ok") };`;

/**
 * Milliseconds of CPU from the start of workerd to the first answer, beyond those of a Worker that does nothing.
 * In turns, so that a busy moment of the machine meets both. Undefined outside Linux.
 */
export async function startupCpuMs(ours: WorkerCode, times: number): Promise<number | undefined> {
  const differences: number[] = [];
  for (let time = 0; time < times; time++) {
    const stub = await startOnce({ ...ours, script: STUB });
    const real = await startOnce(ours);
    if (stub === undefined || real === undefined) return undefined;
    differences.push(real - stub);
  }
  return median(differences);
}

async function startOnce(code: WorkerCode): Promise<number | undefined> {
  const server = await startServer(code, "disk");
  await server.stop();
  return server.startCpuMs;
}
