// Waiting for a server to answer, and saying what it printed if it never does.

import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "./server.ts";

const START_TIMEOUT_MS = 20_000;

/** Tries `probe` until it resolves; stops the server when it does not in time. */
export async function untilReady(server: Running, probe: () => Promise<unknown>): Promise<void> {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (!server.hasEnded() && Date.now() < giveUpAt) {
    try {
      await probe();
      return;
    } catch {
      await sleep(25); // not listening yet
    }
  }
  await server.stop();
  throw new Error(`the server did not start:\n${server.output()}`);
}
