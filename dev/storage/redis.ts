// Redis inside this process: js-redis-server, in memory, reached over loopback like a real one.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Socket } from "node:net";
import { createRedisServer } from "js-redis-server";

export interface LocalRedis {
  readonly url: string;
  close(): Promise<void>;
}

export async function localRedis(): Promise<LocalRedis> {
  subscribe(SERVER_SOCKETS, withoutNagle);
  const redis = await createRedisServer({ compatibility: "redis-7.0" });
  // It listens on every interface, without a password, and takes no host: so it listens again, where only we can reach it.
  const sockets = redis.server.server;
  sockets.close();
  await once(sockets, "close");
  sockets.listen(0, "127.0.0.1");
  await once(sockets, "listening");

  return {
    url: `redis://127.0.0.1:${redis.server.getPort()}`,
    async close() {
      unsubscribe(SERVER_SOCKETS, withoutNagle);
      await redis.close();
    },
  };
}

const SERVER_SOCKETS = "net.server.socket";

/** The server leaves Nagle's algorithm on, and then a MULTI takes 50 ms instead of 1. */
function withoutNagle(message: unknown): void {
  if (typeof message === "object" && message && "socket" in message && message.socket instanceof Socket) {
    message.socket.setNoDelay(true);
  }
}
