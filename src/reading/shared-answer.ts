// One answer for all who ask the same thing within some minutes: whoever finds none fetches it, and the others wait for it.

import { isLongerThan } from "../bytes.ts";
import { err, ok } from "../result.ts";
import type * as z from "zod";
import type { QueryCache, QueryKey } from "../ports/query-cache.ts";
import type { Result } from "../result.ts";
import type { ToolFailure } from "../tool/failure.ts";
import type { Call } from "../tool/tool.ts";

export interface SharedQuestion<S extends z.ZodType> {
  readonly cache: QueryCache;
  readonly key: QueryKey;
  /** How old an answer may be. */
  readonly maxAgeMs: number;
  readonly call: Call;
  /** What was stored is parsed again: an older deployment may have stored it. */
  readonly schema: S;
  readonly fetch: () => Promise<Result<z.output<S>, ToolFailure>>;
}

export interface SharedAnswer<T> {
  readonly value: T;
  /** Left out for an answer that was fetched by this call. */
  readonly ageMs?: number;
  readonly warning?: string;
}

const TTL_MS = 5 * 60_000;
/** Longer than most fetches take; whoever takes over after that is joined to the first again in the proxy. */
const LEASE_MS = 6_000;
/** Eight seconds in all: who has waited longer asks on its own account. */
const WAITS_MS = [100, 200, 400, 800, 1_000, 1_000, 1_500, 1_500, 1_500] as const;
/** A command of Redis' REST interface may have a megabyte; an answer of this size is nobody's second question. */
const MAX_STORED_BYTES = 256 * 1024;

const UNREACHED = "The cache could not be reached: this answer is fresh, and asking again is not any cheaper.";

/** Failures are not kept: the next who asks tries again. Without Redis everybody does. */
export async function sharedAnswer<S extends z.ZodType>(
  question: SharedQuestion<S>,
): Promise<Result<SharedAnswer<z.output<S>>, ToolFailure>> {
  const { cache, key, maxAgeMs, call, schema } = question;
  const { signal } = call;
  const askedAtMs = call.now();
  const asked = { holder: call.id, leaseMs: LEASE_MS, notBeforeMs: askedAtMs - maxAgeMs };

  for (const waitMs of WAITS_MS) {
    const looked = await cache.look(key, asked, signal);
    if (!looked.ok) return fetchAlone(question, UNREACHED);
    if (looked.value.kind === "lease") return fetchForAll(question);
    if (looked.value.kind === "hit") {
      const { json, storedAtMs } = looked.value;
      const value = schema.safeParse(parsed(json));
      if (value.success) return ok({ value: value.data, ageMs: Math.max(0, call.now() - storedAtMs) });
      return fetchAlone(question);
    }
    if (signal.aborted) break;
    await cache.pause(waitMs, signal);
  }
  return fetchAlone(question);
}

async function fetchAlone<S extends z.ZodType>(
  { fetch }: SharedQuestion<S>,
  warning?: string,
): Promise<Result<SharedAnswer<z.output<S>>, ToolFailure>> {
  const fetched = await fetch();
  return fetched.ok ? ok({ value: fetched.value, ...(warning !== undefined && { warning }) }) : fetched;
}

async function fetchForAll<S extends z.ZodType>(
  question: SharedQuestion<S>,
): Promise<Result<SharedAnswer<z.output<S>>, ToolFailure>> {
  const { cache, key, call, fetch } = question;
  // Of the question, not of its answer: an answer is never said to be younger than it is.
  const storedAtMs = call.now();
  const fetched = await fetch();
  const json = fetched.ok ? JSON.stringify(fetched.value) : "";
  if (!fetched.ok || isLongerThan(json, MAX_STORED_BYTES)) {
    await cache.release(key, call.id, call.signal);
    return fetched.ok ? ok({ value: fetched.value }) : err(fetched.error);
  }
  const put = await cache.put(key, { holder: call.id, json, storedAtMs, ttlMs: TTL_MS }, call.signal);
  return ok({ value: fetched.value, ...(!put.ok && { warning: UNREACHED }) });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // not ours, so there is none
  }
}
