// A port for a program that is started in a moment.

import { createServer } from "node:net";

/**
 * Below those that the system gives to whoever asks for any port: what starts or connects meanwhile does not take one of
 * these by chance.
 */
const [FIRST, COUNT] = [20_000, 10_000];
const TRIES = 50;

/** The wanted port when nobody has it, else any free one. */
export async function freePort(wanted = 0): Promise<number> {
  const ours = Array.from({ length: TRIES }, () => FIRST + Math.floor(Math.random() * COUNT));
  for (const port of [...(wanted === 0 ? [] : [wanted]), ...ours, 0]) {
    const found = await listenOnce(port);
    if (found !== undefined) return found;
  }
  throw new Error("there is no free port on this machine");
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}
