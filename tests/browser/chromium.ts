// A browser for the tests of the console: Debian's Chromium, driven over its own protocol.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

/** Debian's, in packages of the same names. The first takes half the time, for it draws no window of its own. */
const PLACES = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const CHROMIUM = PLACES.find((path) => existsSync(path));

/** Missing on a developer's machine they are left out, with a word about it; in the gate they must run. */
export const hasChromium = CHROMIUM !== undefined;

export function launch(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error("there is no browser");
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
