// Scripts in Upstash Redis: how they are sent, how long they may take, and what their failures are called.

import { errors, Redis } from "@upstash/redis/cloudflare";
import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import { isLoopback } from "./loopback.ts";
import type * as z from "zod";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

export interface UpstashOptions {
  readonly url: string;
  readonly token: string;
  readonly timeoutMs?: number;
}

// An agent waits for the answer, and 2 s of silence from Redis is an outage.
const TIMEOUT_MS = 1_800;

export interface Script {
  readonly script: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

export type RunScript = (script: Script, signal: AbortSignal) => Promise<Result<unknown, UpstreamFailure>>;

/** Every operation is one script, so one round trip and atomic. */
export function scripts({ url, token, timeoutMs = TIMEOUT_MS }: UpstashOptions): RunScript {
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

export function parsed<S extends z.ZodType>(
  reply: Result<unknown, UpstreamFailure>,
  shape: S,
): Result<z.output<S>, UpstreamFailure> {
  if (!reply.ok) return reply;
  const value = shape.safeParse(reply.value);
  return value.success ? ok(value.data) : err(unavailable("Redis answered in an unknown shape"));
}
