// `npm run clean`: removes what running Gatehouse here has left behind. Code, packages and the fetched Node.js stay.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./node/runtime.mjs";
import { devSession } from "./session.ts";

if (devSession()) {
  console.error(
    "npm run dev is running here (or was killed): end it first. If nothing runs, delete .dev/session.json.",
  );
  process.exit(1);
}
for (const name of [".dev", ".wrangler", "dist", join("node_modules", ".cache"), join("node_modules", ".mf")]) {
  rmSync(join(root, name), { recursive: true, force: true });
  console.log(`removed ${name}`);
}
