// A real Redis for one run of the tests: loopback only, nothing written to disk.

import { respClient } from "../storage/resp.ts";
import { untilReady } from "./ready.ts";
import { freePort } from "../stack/free-port.ts";
import { findProgram, start, type Throwaway } from "./server.ts";

export async function throwawayRedis(): Promise<Throwaway> {
  const program = findProgram({ name: "redis-server", debianPackage: "redis-server" });
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = start({ program, args });
  const url = `redis://127.0.0.1:${port}`;
  await untilReady(server, () => ping(url));
  return { url, stop: () => server.stop() };
}

async function ping(url: string): Promise<void> {
  const client = respClient(url);
  try {
    await client.send([["PING"]]);
  } finally {
    client.close();
  }
}
