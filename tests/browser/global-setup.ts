// Builds the console once for all tests of it, and says so where there is no browser to look at it.

import { buildConsole } from "../../console/build.ts";
import { CHROMIUM, hasChromium } from "./chromium.ts";

export default async function setup(): Promise<void> {
  if (!hasChromium && process.env.CI === "true") {
    throw new Error(`The tests of the console need ${CHROMIUM}: apt-get install chromium`);
  }
  if (!hasChromium) process.stdout.write(`The tests of the console are left out: there is no ${CHROMIUM}.\n`);
  await buildConsole();
}
