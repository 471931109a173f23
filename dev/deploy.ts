// `npm run deploy`: checks the configuration, builds, and hands over to wrangler. `-- --dry-run` stops before the network.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readFileSync, readdirSync } from "node:fs";
import file from "../gatehouse.json" with { type: "json" };
import { buildConsole } from "../console/build.ts";
import { createPolicy } from "../src/access/policy.ts";
import { File } from "../src/config.ts";
import { root } from "./node/runtime.mjs";

/** Cloudflare's own limit is far above; this is ours, so that the start stays quick. */
const MAX_GZIP_BYTES = 290 * 1024;

const policy = File.safeParse(file);
if (!policy.success) {
  console.error(`gatehouse.json has faults:\n${policy.error.message}`);
  process.exit(1);
}
console.log(`policy ${createPolicy(policy.data.roles, policy.data.quotas).version}`);

refuseLoopback();
refuseOtherEntries();

const page = await buildConsole();
console.log(`console: ${kib(page.totalBytes)} KiB gzip`);
const bundle = join(root, "dist");
runWrangler(["deploy", "--dry-run", "--outdir", bundle, "--minify"]);
const scripts = readdirSync(bundle).filter((name) => name.endsWith(".js"));
const code = Buffer.concat(scripts.map((name) => readFileSync(join(bundle, name))));
const gzipBytes = gzipSync(code, { level: 9 }).length;
console.log(`bundle: ${kib(code.length)} KiB, ${kib(gzipBytes)} KiB gzip (at most ${kib(MAX_GZIP_BYTES)})`);
if (gzipBytes > MAX_GZIP_BYTES) {
  console.error("The bundle has outgrown its limit: see what was added to it.");
  process.exit(1);
}
if (!process.argv.includes("--dry-run")) runWrangler(["deploy", "--minify", ...process.argv.slice(2)]);

/** What the repository comes with points at a developer's own machine: Cloudflare's has nothing there. */
function refuseLoopback(): void {
  const isDryRun = process.argv.includes("--dry-run");
  const isElsewhere = process.argv.some((argument) => /^(--env|-e$|CLUSTERS:)/.test(argument));
  const line = /^CLUSTERS\s*=.*$/m.exec(readFileSync(join(root, "wrangler.toml"), "utf8"))?.[0] ?? "";
  if (isDryRun || isElsewhere || !/localhost|127\.0\.0\.1/.test(line)) return;
  console.error("CLUSTERS in wrangler.toml points at this machine: put the address of your k8s-proxy there first.");
  process.exit(1);
}

/** What is measured and tested is src/worker.ts: no other script, and no configuration that names one. */
function refuseOtherEntries(): void {
  const isOther = process.argv
    .slice(2)
    .some((argument) => /^(--config|-c$|--script|--assets)|\.[cm]?[jt]s$/.test(argument));
  if (!isOther) return;
  console.error("This deploys src/worker.ts as wrangler.toml says, and nothing else.");
  process.exit(1);
}

function runWrangler(args: readonly string[]): void {
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
  const done = spawnSync(process.execPath, [wrangler, ...args], { cwd: root, stdio: "inherit", env });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
