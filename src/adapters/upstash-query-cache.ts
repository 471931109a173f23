// The query cache in Upstash Redis: looking, taking the lease and storing are one script each, so one round trip and atomic.

import { createHash } from "node:crypto";
import * as z from "zod";
import { pause } from "../deadline.ts";
import { once } from "../once.ts";
import { ok } from "../result.ts";
import { parsed, scripts, type UpstashOptions } from "./upstash-script.ts";
import type { Looked, QueryCache, QueryKey } from "../ports/query-cache.ts";

// A value is `<stored at, in milliseconds> <JSON>`. The time comes from the Worker, as for the context.
const LOOK = `
  local held = redis.call('GET', KEYS[1])
  if held then
    local at = tonumber(string.sub(held, 1, string.find(held, ' ', 1, true) - 1))
    if at >= tonumber(ARGV[1]) then return 'hit ' .. held end
  end
  if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return 'lease' end
  return 'busy'`;

const PUT = `
  local held = redis.call('GET', KEYS[1])
  local at = 0
  if held then at = tonumber(string.sub(held, 1, string.find(held, ' ', 1, true) - 1)) end
  if at <= tonumber(ARGV[2]) then redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. ARGV[3], 'PX', ARGV[4]) end
  if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
  return 1`;

const RELEASE = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;

export function upstashQueryCache(options: UpstashOptions): QueryCache {
  const run = scripts(options);

  return {
    async look(key, { holder, leaseMs, notBeforeMs }, signal) {
      const args = [whole(notBeforeMs), holder, whole(leaseMs)];
      return parsed(await run({ script: LOOK, keys: keysOf(key), args }, signal), Reply());
    },
    async put(key, { holder, json, storedAtMs, ttlMs }, signal) {
      const args = [holder, whole(storedAtMs), json, whole(ttlMs)];
      const done = parsed(await run({ script: PUT, keys: keysOf(key), args }, signal), Done());
      return done.ok ? ok(undefined) : done;
    },
    async release(key, holder, signal) {
      const keys = keysOf(key).slice(1);
      const done = parsed(await run({ script: RELEASE, keys, args: [holder] }, signal), Done());
      return done.ok ? ok(undefined) : done;
    },
    pause,
  };
}

const Done = once(() => z.union([z.literal(0), z.literal(1)]));

const Reply = once(() =>
  z.union([
    z.enum(["lease", "busy"]).transform((kind): Looked => ({ kind })),
    z
      .string()
      .regex(/^hit \d+ /)
      .transform((reply): Looked => {
        const gap = reply.indexOf(" ", "hit ".length);
        return { kind: "hit", storedAtMs: Number(reply.slice("hit ".length, gap)), json: reply.slice(gap + 1) };
      }),
  ]),
);

/** Of one length whatever was asked, and in one slot. */
function keysOf({ cluster, namespaces, question }: QueryKey): readonly string[] {
  const digest = createHash("sha256")
    .update(JSON.stringify([cluster, namespaces, question]))
    .digest("base64url");
  return [`query:{${digest}}`, `query-lease:{${digest}}`];
}

function whole(number: number): string {
  return `${Math.max(0, Math.floor(number))}`;
}
