// The storage stand-ins as one web-standard handler: Neon's SQL over HTTP at /sql, Upstash's REST everywhere else.

import { createServer, type IncomingMessage } from "node:http";
import * as z from "zod";
import { migrate } from "../migrate.ts";
import { type Database, OWNER } from "./database.ts";
import { neon } from "./neon.ts";
import { pglite } from "./pglite.ts";
import { postgres } from "./postgres.ts";
import { localRedis } from "./redis.ts";
import { respClient, type RespClient } from "./resp.ts";
import { upstash } from "./upstash.ts";
import type { HttpRequest } from "./http-request.ts";

export interface StorageOptions {
  /** A real PostgreSQL, as the owner of the database; PGlite without it. */
  readonly postgresUrl?: string | undefined;
  /** A real Redis; one inside this process without it. */
  readonly redisUrl?: string | undefined;
  /** Where PGlite keeps its files; in memory without it. */
  readonly dataDir?: string | undefined;
  readonly token?: string | undefined;
}

export interface Storage {
  fetch(request: HttpRequest): Promise<Response>;
  /** For programs that look behind the adapters. */
  readonly database: Database;
  readonly redis: RespClient;
  close(): Promise<void>;
}

export const LOCAL_TOKEN = "local";

/** Brings the database up migrated and with today's partitions, whichever one it is. */
export async function storage(options: StorageOptions = {}): Promise<Storage> {
  const database = options.postgresUrl ? postgres(options.postgresUrl) : await pglite(options.dataDir);
  try {
    await database.session(OWNER, async (session) => {
      await migrate((sql) => session.execute(sql));
      await session.execute("select public.audit_maintain(90, 7)");
    });
  } catch (cause) {
    await database.close();
    throw cause;
  }

  const local = options.redisUrl ? undefined : await localRedis();
  const redis = respClient(options.redisUrl ?? local?.url ?? "");
  const sql = neon(database);
  const rest = upstash({ redis, token: options.token ?? LOCAL_TOKEN });
  return {
    fetch: (request) => (new URL(request.url).pathname === "/sql" ? sql(request) : rest(request)),
    database,
    redis,
    async close() {
      redis.close();
      await Promise.all([database.close(), local?.close()]);
    },
  };
}

/** What a Worker needs to find the stand-ins at `origin`, with exactly the privileges it has in production. */
export function bindings(origin: string) {
  return {
    DATABASE_URL: databaseUrl(origin, "gatehouse_writer"),
    DATABASE_READER_URL: databaseUrl(origin, "gatehouse_reader"),
    UPSTASH_REDIS_REST_URL: origin,
    UPSTASH_REDIS_REST_TOKEN: LOCAL_TOKEN,
  };
}

/** The same for a test that intercepts the Worker's fetch: hosts that do not exist, reached the way the cloud's are. */
export const INTERCEPTED = {
  bindings: {
    DATABASE_URL: "postgresql://gatehouse_writer:local@db.neon.test/gatehouse",
    DATABASE_READER_URL: "postgresql://gatehouse_reader:local@db.neon.test/gatehouse",
    UPSTASH_REDIS_REST_URL: "https://redis.test",
    UPSTASH_REDIS_REST_TOKEN: LOCAL_TOKEN,
  },
  hosts: ["api.neon.test", "redis.test"],
} as const;

/** `owner` is whoever the stand-in itself is logged in as; any other name is a role of the server. */
export function databaseUrl(origin: string, role: string): string {
  return `postgresql://${role}:local@${new URL(origin).host}/gatehouse`;
}

export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

// Neon's own limit for a request.
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Loopback only. Port 0 takes a free one; a port in use rejects with EADDRINUSE. */
export async function serve(handle: Storage["fetch"], port = 0): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    respond(handle, incoming)
      .catch((cause: unknown) => Response.json({ error: String(cause) }, { status: 500 }))
      .then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(Buffer.from(await response.arrayBuffer()));
      })
      .catch(() => outgoing.destroy()); // the client is gone
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the server has no port");

  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const Bytes = z.instanceof(Uint8Array);

async function respond(handle: Storage["fetch"], incoming: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(Bytes.parse(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return new Response("too large", { status: 413 });
    chunks.push(bytes);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) headers.set(name, (value ?? []).join(", "));
  const text = Buffer.concat(chunks).toString("utf8");
  return handle({ url: `http://127.0.0.1${incoming.url}`, headers, text: () => Promise.resolve(text) });
}
