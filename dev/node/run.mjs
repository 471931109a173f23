// `node dev/node/run.mjs <script.ts | tool> …` runs it on a recent Node.js, whichever Node.js npm itself runs on.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root, runtimePath } from "./runtime.mjs";

const node = runtimePath();
if (!node) {
  console.error(`Node.js ${process.versions.node} is too old, and no newer one is in .node: run npm install first.`);
  process.exit(1);
}

const [target = "", ...args] = process.argv.slice(2);
const script = /\.(ts|mjs)$/.test(target) ? join(root, target) : toolPath(target);
// Tools that start tools of their own must find the same Node.js.
const env = { ...process.env, PATH: dirname(node) + delimiter + (process.env.PATH ?? "") };
const child = spawn(node, ["--disable-warning=ExperimentalWarning", script, ...args], { stdio: "inherit", env });

// A terminal's Ctrl-C reaches the child as well: it decides when to end, and we end with it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
}
child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

function toolPath(name) {
  const folder = join(root, "node_modules", name);
  if (!existsSync(folder)) {
    console.error(`There is no ${name} in node_modules: run npm install first.`);
    process.exit(1);
  }
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}
