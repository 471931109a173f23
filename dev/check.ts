// `npm run check`: everything about the code that can be judged without running it, and that nothing generated is stale.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./node/runtime.mjs";
import { styled } from "./stack/terminal.ts";

interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

const bin = (...path: string[]) => join(root, "node_modules", ...path);
const typescript = bin("typescript", "bin", "tsc");
const projects = [
  "tsconfig.json",
  "k8s-proxy/tsconfig.json",
  "authorization-server/tsconfig.json",
  "console/tsconfig.json",
  "dev/tsconfig.json",
  "tests/tsconfig.json",
  "tests/workerd/tsconfig.json",
  "tests/browser/tsconfig.json",
];

const checks: readonly Check[] = [
  ...projects.map((project) => ({ name: `types ${project}`, args: [typescript, "-p", project] })),
  { name: "lint", args: [bin("eslint", "bin", "eslint.js"), ".", "--max-warnings", "0"] },
  { name: "format", args: [bin("prettier", "bin", "prettier.cjs"), "--check", "--log-level", "warn", "."] },
  { name: "generated", args: [join(root, "dev", "gen.ts"), "--check"] },
  { name: "architecture", args: [bin("vitest", "vitest.mjs"), "run", "--project", "unit", "tests/architecture"] },
];

/** Two at a time: what a small machine has cores for. */
const queue = [...checks];
const results = await Promise.all([work(), work()]);
const failed = results.flat().filter((isGood) => !isGood).length;
console.log(`${checks.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function work(): Promise<boolean[]> {
  const done: boolean[] = [];
  for (let check = queue.shift(); check; check = queue.shift()) done.push(await run(check));
  return done;
}

function run({ name, args }: Check): Promise<boolean> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { cwd: root });
    let printed = "";
    const keep = (chunk: Buffer) => (printed += chunk.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("exit", (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? styled("green", "ok  ") : styled("red", "FAIL")} ${name} (${seconds} s)`);
      if (code !== 0) console.log(printed);
      resolve(code === 0);
    });
  });
}
