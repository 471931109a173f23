// Agent context in Upstash Redis: every operation is one script, so one round trip and atomic.

import * as z from "zod";
import { once } from "../once.ts";
import { type ContextAddress, type ContextKey, type ContextStore, MAX_CONTEXT_KEYS } from "../ports/context-store.ts";
import { err, ok } from "../result.ts";
import { parsed, scripts, type UpstashOptions } from "./upstash-script.ts";

export interface UpstashContextOptions extends UpstashOptions {
  readonly now: () => number;
  readonly maxKeys?: number;
}

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

export function upstashContextStore(options: UpstashContextOptions): ContextStore {
  const { now, maxKeys = MAX_CONTEXT_KEYS } = options;
  const run = scripts(options);

  return {
    async get(address, signal) {
      const reply = await run({ script: GET, keys: [valueKey(address)], args: [] }, signal);
      return parsed(reply, Entry());
    },
    async set(address, { json, ttlS }, signal) {
      const ttlMs = ttlS * 1000;
      const at = now();
      const args = [json, `${ttlMs}`, `${at}`, `${at + ttlMs}`, escape(address.key), `${maxKeys}`];
      const reply = parsed(await run({ script: SET, keys: bothKeys(address), args }, signal), Flag());
      if (!reply.ok) return reply;
      return reply.value ? ok(undefined) : err({ kind: "context_full", maxKeys });
    },
    async delete(address, signal) {
      const reply = await run({ script: DELETE, keys: bothKeys(address), args: [escape(address.key)] }, signal);
      return parsed(reply, Flag());
    },
    async list(prefix, signal) {
      const at = now();
      const args = [`${at}`, escape(prefix.key)];
      const reply = parsed(await run({ script: LIST, keys: [indexKey(prefix)], args }, signal), Lines());
      return reply.ok ? ok(keysOf(reply.value, at)) : reply;
    },
  };
}

const Flag = once(() => z.union([z.literal(0), z.literal(1)]).transform((flag) => flag === 1));

const Entry = once(() =>
  z
    .string()
    .regex(/^-?\d+ /)
    .transform((reply) => {
      const gap = reply.indexOf(" ");
      return { json: reply.slice(gap + 1), ttlS: wholeSeconds(Number(reply.slice(0, gap))) };
    })
    .nullable()
    .transform((entry) => entry ?? undefined),
);

const Lines = once(() => z.string().transform((text) => (text === "" ? [] : text.split("\n"))));

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
