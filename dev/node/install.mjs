// npm's postinstall: on a machine whose Node.js is too old for the tools, put a recent one beside the project.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { isRecentEnough, root, runtimePackage, runtimePath } from "./runtime.mjs";

if (!isRecentEnough() && !runtimePath()) {
  const wanted = runtimePackage();
  if (!wanted) {
    console.error(`Node.js ${process.versions.node} is too old (22.19 or later is needed), please update it.`);
    process.exit(1);
  }

  console.log(
    `Node.js ${process.versions.node} is older than the tools need: fetching ${wanted.name}@${wanted.version}`,
  );
  // npm runs us with its own path in the environment, so the same npm is used and no shell is needed.
  const npm = process.env.npm_execpath;
  const args = ["install", "--no-save", "--ignore-scripts", "--no-package-lock", "--loglevel=error"];
  const target = ["--prefix", join(root, ".node"), `${wanted.name}@${wanted.version}`];
  // `npm ci` and `npm install` hand their own switches down through the environment; these two would misdirect us.
  const env = { ...process.env, npm_config_global: "", npm_config_local_prefix: "", npm_config_workspaces: "" };
  const done = npm
    ? spawnSync(process.execPath, [npm, ...args, ...target], { stdio: "inherit", env })
    : spawnSync("npm", [...args, ...target], { stdio: "inherit", env });
  if (done.status !== 0 || !runtimePath()) {
    console.error("That failed. Install Node.js 22.19 or later by hand and run npm install again.");
    process.exit(1);
  }
}
