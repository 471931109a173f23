// Builds the console once for all tests of it, and says so where there is no browser to look at it.

import { buildConsole } from "../../console/build.ts";
import { hasChromium } from "./chromium.ts";

export default async function setup(): Promise<void> {
  if (!hasChromium && process.env.CI === "true") {
    throw new Error("The tests of the console need a browser: apt-get install chromium-headless-shell");
  }
  if (!hasChromium)
    process.stdout.write(
      "The tests of the console are left out: there is no chromium-headless-shell, and no chromium.\n",
    );
  await buildConsole();
}
