// Listens, and stops without dropping anyone: what is being answered is finished, up to a limit.
import { createAdaptorServer } from "@hono/node-server";
import { Server } from "node:http";

import type { Hono } from "hono";

/** How long a request may take to arrive; the Worker's are one small packet. */
const REQUEST_TIMEOUT_MS = 15_000;

export interface Listening {
  readonly port: number;
  /** Takes no new connections, waits for the answers under way, and cuts what is left after `drainMs`. */
  stop(drainMs: number): Promise<void>;
}

export async function listen(
  app: Pick<Hono, "fetch">,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS } });
  if (!(server instanceof Server)) throw new Error("the adaptor made a server of another kind");

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");

  return { port: address.port, stop: (drainMs) => stop(server, drainMs) };
}

async function stop(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const limit = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(limit);
}
