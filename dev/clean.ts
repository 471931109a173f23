// `npm run clean`: removes what running Gatehouse here has left behind. Code, packages and the fetched Node.js stay.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./node/runtime.mjs";
import { devSession } from "./session.ts";

if (devSession()) {
  console.error(
    "npm run dev is running here (or was killed): end it first. If nothing runs, delete .dev/session.json.",
  );
  process.exit(1);
}
mkdirSync(join(root, ".dev"), { recursive: true });
const busy = readdirSync(join(root, ".dev"), "utf8").find(isInUse);
if (busy !== undefined) {
  console.error(`A demo or a test is running here (.dev/${busy}): let it end first.`);
  process.exit(1);
}
for (const name of [".dev", ".wrangler", "dist", join("node_modules", ".cache"), join("node_modules", ".mf")]) {
  rmSync(join(root, name), { recursive: true, force: true });
  console.log(`removed ${name}`);
}

/** The folder of a stack that keeps nothing is named by the process that will remove it. */
function isInUse(folder: string): boolean {
  const pid = /^fresh-(\d+)-/.exec(folder)?.[1];
  if (pid === undefined) return false;
  try {
    return process.kill(Number(pid), 0);
  } catch {
    // No such process: it was killed before it could tidy up.
    return false;
  }
}
