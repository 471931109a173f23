// Agent context in Upstash Redis: every operation is one script, so one round trip and atomic.

import { errors, Redis } from "@upstash/redis/cloudflare";
import * as z from "zod";
import { type ContextAddress, type ContextKey, type ContextStore, MAX_CONTEXT_KEYS } from "../ports/context-store.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import { err, ok, type Result } from "../result.ts";
import { withDeadline } from "../deadline.ts";
import { isLoopback } from "./loopback.ts";

export interface UpstashOptions {
  readonly url: string;
  readonly token: string;
  readonly now: () => number;
  readonly timeoutMs?: number;
  readonly maxKeys?: number;
}

// An agent waits for the answer, and 2 s of silence from Redis is an outage.
const TIMEOUT_MS = 1_800;

// Beside each principal's values stands a sorted set of their keys, scored by expiry in milliseconds: it is what is counted
// and listed. The time comes from the Worker: Upstash asks for scripts that read no clock. Replies are one string or a number,
// never arrays, because the SDK decodes the string OK inside an array as if it were base64.
const GET = `
  local json = redis.call('GET', KEYS[1])
  if not json then return false end
  return redis.call('PTTL', KEYS[1]) .. ' ' .. json`;

const SET = `
  local json, ttl, now, expiry, member, max = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  local isNew = not redis.call('ZSCORE', KEYS[2], member)
  if isNew and redis.call('ZCARD', KEYS[2]) >= tonumber(max) then return 0 end
  redis.call('SET', KEYS[1], json, 'PX', ttl)
  redis.call('ZADD', KEYS[2], expiry, member)
  if redis.call('PTTL', KEYS[2]) < tonumber(ttl) then redis.call('PEXPIRE', KEYS[2], ttl) end
  return 1`;

const DELETE = `
  redis.call('ZREM', KEYS[2], ARGV[1])
  return redis.call('DEL', KEYS[1])`;

const LIST = `
  local prefix, lines = ARGV[2], {}
  local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES')
  for i = 1, #found, 2 do
    if string.sub(found[i], 1, #prefix) == prefix then lines[#lines + 1] = found[i + 1] .. ' ' .. found[i] end
  end
  return table.concat(lines, '\\n')`;

export function upstashContextStore(options: UpstashOptions): ContextStore {
  const { now, maxKeys = MAX_CONTEXT_KEYS } = options;
  const run = scripts(options);

  return {
    async get(address, signal) {
      const reply = await run({ script: GET, keys: [valueKey(address)], args: [] }, signal);
      return parsed(reply, Entry);
    },
    async set(address, { json, ttlS }, signal) {
      const ttlMs = ttlS * 1000;
      const at = now();
      const args = [json, `${ttlMs}`, `${at}`, `${at + ttlMs}`, escape(address.key), `${maxKeys}`];
      const reply = parsed(await run({ script: SET, keys: bothKeys(address), args }, signal), Flag);
      if (!reply.ok) return reply;
      return reply.value ? ok(undefined) : err({ kind: "context_full", maxKeys });
    },
    async delete(address, signal) {
      const reply = await run({ script: DELETE, keys: bothKeys(address), args: [escape(address.key)] }, signal);
      return parsed(reply, Flag);
    },
    async list(prefix, signal) {
      const at = now();
      const args = [`${at}`, escape(prefix.key)];
      const reply = parsed(await run({ script: LIST, keys: [indexKey(prefix)], args }, signal), Lines);
      return reply.ok ? ok(keysOf(reply.value, at)) : reply;
    },
  };
}

interface Script {
  readonly script: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

type RunScript = (script: Script, signal: AbortSignal) => Promise<Result<unknown, UpstreamFailure>>;

function scripts({ url, token, timeoutMs = TIMEOUT_MS }: UpstashOptions): RunScript {
  const isLocal = URL.canParse(url) && isLoopback(new URL(url).hostname);
  const settings = {
    url,
    token,
    automaticDeserialization: false, // JSON text stays the text it was
    enableAutoPipelining: false, //     it reorders reads and writes of one tick
    enableTelemetry: false,
    readYourWrites: false, //           no state to carry from one call to the next
    retry: { retries: 0 }, //           `false` still tries twice
  };

  const evaluate = ({ script, keys, args }: Script, limited: AbortSignal) => {
    // The SDK takes a signal per client only; as a function, or it would answer an abort with a value.
    const redis = new Redis({ ...settings, signal: () => limited });
    return redis.eval<string[]>(script, [...keys], [...args]);
  };

  return async (script, signal) => {
    try {
      const done = await withDeadline(timeoutMs, signal, (limited) => evaluate(script, limited));
      if (done.ok) return ok(done.value);
      if (done.error.kind === "cancelled") return err(unavailable("nobody waits for Redis any more"));
      return err({ ...unavailable(`Redis did not answer within ${timeoutMs} ms`), kind: "upstream_timeout" });
    } catch (cause) {
      if (cause instanceof errors.UpstashError) return err(unavailable("Redis refused the command"));
      return err(unavailable(isLocal ? "local storage is not running: use npm run dev" : "Redis could not be reached"));
    }
  };
}

function unavailable(message: string): UpstreamFailure {
  return { kind: "upstream_unavailable", upstream: "redis", message };
}

function parsed<S extends z.ZodType>(
  reply: Result<unknown, UpstreamFailure>,
  shape: S,
): Result<z.output<S>, UpstreamFailure> {
  if (!reply.ok) return reply;
  const value = shape.safeParse(reply.value);
  return value.success ? ok(value.data) : err(unavailable("Redis answered in an unknown shape"));
}

const Flag = z.union([z.literal(0), z.literal(1)]).transform((flag) => flag === 1);

const Entry = z
  .string()
  .regex(/^-?\d+ /)
  .transform((reply) => {
    const gap = reply.indexOf(" ");
    return { json: reply.slice(gap + 1), ttlS: wholeSeconds(Number(reply.slice(0, gap))) };
  })
  .nullable()
  .transform((entry) => entry ?? undefined);

const Lines = z.string().transform((text) => (text === "" ? [] : text.split("\n")));

function keysOf(lines: readonly string[], at: number): readonly ContextKey[] {
  const keys = lines.map((line) => {
    const gap = line.indexOf(" ");
    return { key: unescape(line.slice(gap + 1)), ttlS: wholeSeconds(Number(line.slice(0, gap)) - at) };
  });
  return keys.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A key that is still there has a second left, never none. */
function wholeSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

function valueKey({ principalId, key }: ContextAddress): string {
  return `ctx:{${escape(principalId)}}:${escape(key)}`;
}

function indexKey({ principalId }: ContextAddress): string {
  return `ctx-index:{${escape(principalId)}}`;
}

function bothKeys(address: ContextAddress): readonly string[] {
  return [valueKey(address), indexKey(address)];
}

/**
 * Plain ASCII, one to one, code unit by code unit. A `}` cannot end the hash tag early and so reach another principal's keys;
 * a prefix stays a prefix; halves of surrogate pairs, which UTF-8 cannot carry, stay different from each other.
 */
function escape(text: string): string {
  return text.replace(/[^\w.:@/|-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function unescape(text: string): string {
  return text.replace(/%([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));
}
