// Prometheus, as far as the proxy asks it: bounded in time, in bytes, and in how much is asked at once.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { BuildInfo, Envelope, Metadata, QueryData } from "./api-answer.ts";
import { flights } from "./flights.ts";
import { remembered } from "./remembered.ts";
import { versionOf } from "./server-version.ts";
import { Turns } from "./turns.ts";

import type * as z from "zod";
import type { Egress } from "../egress.ts";
import type { EgressRequest } from "../egress-request.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { IsSince } from "./server-version.ts";

const UPSTREAM_TIMEOUT = "10s";
const TIMEOUT_MS = 15_000;
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** What a server that knows `limit` is asked for at most; whether there was more, it says itself. */
export const MAX_SERIES = 10_000;
const AT_ONCE = 4;
const WAITING = 20;
const METADATA_MAX_AGE_MS = 5 * 60_000;
const TRUNCATED = "results truncated due to limit";

export interface Answer<T> {
  readonly data: T;
  /** In Prometheus' own words, not yet safe to show. */
  readonly warnings: readonly string[];
  /** There was more than was asked for; known only from servers that know `limit`. */
  readonly isCut: boolean;
}
type Answered<T> = Promise<Result<Answer<T>, Failure>>;

export interface InstantQuery {
  readonly query: string;
  /** Left out for now. */
  readonly timeMs?: number | undefined;
}

export interface RangeQuery {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepS: number;
}

export interface Question<S extends z.ZodType> {
  /** Below /api/v1. */
  readonly path: readonly string[];
  readonly query?: EgressRequest["query"];
  readonly data: S;
}

export interface Prometheus {
  /** Equal questions at the same time are asked once. */
  query(asked: InstantQuery, signal: AbortSignal): Answered<QueryData>;
  queryRange(asked: RangeQuery, signal: AbortSignal): Answered<QueryData>;
  read<S extends z.ZodType>(question: Question<S>, signal: AbortSignal): Answered<z.output<S>>;
  /** Type, help and unit of every metric, at most five minutes old. */
  metadata(signal: AbortSignal): Promise<Result<Metadata, Failure>>;
  readonly isSince: IsSince;
  close(): Promise<void>;
}

export interface PrometheusOptions {
  readonly now: () => number;
}

/** The queries it is given have passed the guard: it checks nothing. */
export function prometheus(egress: Egress, { now }: PrometheusOptions): Prometheus {
  const { read, post } = asker(egress);
  const flying = flights<Result<Answer<QueryData>, Failure>>();
  const metadata = remembered(
    async (signal) => {
      const answered = await read({ path: ["metadata"], data: Metadata }, signal);
      return answered.ok ? ok(answered.value.data) : answered;
    },
    { maxAgeMs: METADATA_MAX_AGE_MS, now },
  );

  const isSince = versionOf(async (signal) => {
    const info = await read({ path: ["status", "buildinfo"], data: BuildInfo }, signal);
    return info.ok ? info.value.data.version : undefined;
  }, now);
  const ask = async (path: string, form: Record<string, string>, signal: AbortSignal) => {
    const limit = (await isSince(3, 2, signal)) ? { limit: `${MAX_SERIES}` } : {};
    return post(path, { ...form, ...limit, timeout: UPSTREAM_TIMEOUT }, signal);
  };

  return {
    query({ query, timeMs }, signal) {
      const time = timeMs === undefined ? {} : { time: `${timeMs / 1000}` };
      const start = (shared: AbortSignal) => ask("query", { query, ...time }, shared);
      return flying.join(`${timeMs ?? "now"} ${query}`, start, signal);
    },
    queryRange({ query, startMs, endMs, stepS }, signal) {
      return ask(
        "query_range",
        { query, start: `${startMs / 1000}`, end: `${endMs / 1000}`, step: `${stepS}` },
        signal,
      );
    },
    read,
    metadata,
    isSince,
    close: () => egress.close(),
  };
}

const BOUNDS = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES, maxRetries: 0 };

function asker(egress: Egress) {
  const inTurn = new Turns({ atOnce: AT_ONCE, waiting: WAITING });
  const read: Prometheus["read"] = ({ path, query, data }, signal) =>
    inTurn.take(async () => {
      const request = { ...BOUNDS, path: ["api", "v1", ...path], ...(query && { query }) };
      return opened(await egress.get(request, signal), data);
    }, signal);
  const post = (path: string, form: Record<string, string>, signal: AbortSignal) =>
    inTurn.take(async () => {
      const request = { ...BOUNDS, path: ["api", "v1", path], body: new URLSearchParams(form) };
      return opened(await egress.post(request, signal), QueryData);
    }, signal);
  return { read, post };
}

function opened<S extends z.ZodType>(
  answered: Result<unknown, Failure>,
  data: S,
): Result<Answer<z.output<S>>, Failure> {
  if (!answered.ok) return answered;
  const envelope = Envelope.safeParse(answered.value);
  const parsed = data.safeParse(envelope.data?.data);
  if (!envelope.success || !parsed.success) {
    return fail("cluster_unavailable", "Prometheus answered in an unknown form", {
      detail: "is PROMETHEUS_URL right?",
    });
  }
  const said = [...envelope.data.warnings, ...envelope.data.infos];
  return ok({
    data: parsed.data,
    warnings: said.filter((text) => text !== TRUNCATED),
    isCut: said.includes(TRUNCATED),
  });
}
