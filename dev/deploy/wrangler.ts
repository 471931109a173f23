// wrangler, which does everything that touches Cloudflare: run before the eyes of whoever deploys, or asked for its answer.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../node/runtime.mjs";

export interface Asked {
  readonly status: number;
  readonly stdout: string;
}

export interface Wrangler {
  /** Answers its exit code. */
  readonly run: (args: readonly string[]) => number;
  readonly ask: (args: readonly string[]) => Asked;
}

/** `path` is another program in its place, in tests. */
export function wrangler(path = join(root, "node_modules", "wrangler", "bin", "wrangler.js")): Wrangler {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
  return {
    run: (args) => spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: "inherit", env }).status ?? 1,
    ask: (args) => {
      const { status, stdout } = spawnSync(process.execPath, [path, ...args], {
        cwd: root,
        // What it says of a fault may name accounts; we say ourselves what to do.
        stdio: ["ignore", "pipe", "ignore"],
        encoding: "utf8",
        env,
      });
      return { status: status ?? 1, stdout };
    },
  };
}
