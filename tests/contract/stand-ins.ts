// The storage stand-ins for one test file: PGlite and js-redis-server, or a database of its own on the real servers.

import { Pool } from "pg";
import { OWNER } from "../../dev/storage/database.ts";
import { localRedis } from "../../dev/storage/redis.ts";
import { respClient, type RespClient } from "../../dev/storage/resp.ts";
import { bindings, databaseUrl, serve, type Storage, storage } from "../../dev/storage/server.ts";
import { upstash } from "../../dev/storage/upstash.ts";

export interface StandIns {
  readonly origin: string;
  readonly storage: Storage;
  readonly bindings: ReturnType<typeof bindings>;
  /** Of the real server, as its superuser, where there is one. */
  readonly postgresUrl: string | undefined;
  /** The connection string of another role than the Worker's. */
  databaseUrl(role: string): string;
  /** SQL as the owner of the tables: rows as PostgreSQL's driver makes them. */
  sql(text: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export async function standIns(): Promise<StandIns> {
  const server = process.env.TEST_POSTGRES_URL;
  const own = server ? await ownDatabase(server) : undefined;
  const stored = await storage({ postgresUrl: own?.url, redisUrl: process.env.TEST_REDIS_URL });
  const served = await serve((request) => stored.fetch(request));
  return {
    origin: served.origin,
    storage: stored,
    bindings: bindings(served.origin),
    postgresUrl: own?.url,
    databaseUrl: (role) => databaseUrl(served.origin, role),
    sql: (text) => stored.database.session(OWNER, (session) => session.execute(text)),
    async close() {
      await served.close();
      await stored.close();
      await own?.drop();
    },
  };
}

/** Redis alone, behind Upstash's REST API with the token `secret`. */
export interface RedisStandIn {
  readonly origin: string;
  readonly redis: RespClient;
  close(): Promise<void>;
}

export async function redisStandIn(): Promise<RedisStandIn> {
  const real = process.env.TEST_REDIS_URL;
  const local = real ? undefined : await localRedis();
  const redis = respClient(real ?? local?.url ?? "");
  const served = await serve(upstash({ redis, token: "secret" }));
  return {
    origin: served.origin,
    redis,
    async close() {
      await served.close();
      redis.close();
      await local?.close();
    },
  };
}

/** A database per file: test files run side by side and must not meet in one. */
async function ownDatabase(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `gatehouse_test_${crypto.randomUUID().replaceAll("-", "")}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database ${name} with (force)`) };
}

async function onServer(url: string, sql: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}
