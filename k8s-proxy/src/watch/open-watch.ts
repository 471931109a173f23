// One watch of one caller from its call to its end, whichever of the many ends it is: everything it holds is given back once.
import { setTimeout as wait } from "node:timers/promises";
import { admit } from "../admit.ts";
import { STREAMS } from "../contract/index.ts";
import { parseRequest } from "../parse-request.ts";
import { whereAndWhat } from "../record-call.ts";
import { safeLine } from "./safe-line.ts";
import { watchNamespace } from "./watch-namespace.ts";

import type { AdmitOptions } from "../admit.ts";
import type { TokenClaims, WatchEnd, WatchLine } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Backends } from "../reading.ts";
import type { Result } from "../result.ts";
import type { WatchPlaces } from "./places.ts";

export interface WatchOptions extends AdmitOptions {
  readonly backends: Pick<Backends, "api" | "now" | "redact">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "begin" | "answered" | "watched">;
  readonly stopping: AbortSignal;
}

export interface Opened {
  readonly result: Result<AsyncGenerator<WatchLine>, Failure>;
  readonly claims?: TokenClaims | undefined;
}

type Reason = WatchEnd | "reader_left" | "crashed";

/** A reader who takes nothing keeps a watch from ending itself: this long after its time it is ended all the same. */
const GRACE_MS = 30_000;

const { path } = STREAMS.watchNamespace;

export class OpenWatch {
  readonly #options: WatchOptions;
  readonly #startedAt: number;
  readonly #over = new AbortController();
  /** What to do at the end, once. */
  readonly #atEnd: (() => void)[] = [];
  readonly #redactions = new Map<string, number>();
  readonly #seen = { told: 0, omitted: 0, resyncs: 0 };
  #reason: Reason = "reader_left";

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#startedAt = options.backends.now();
    this.#atEnd.push(options.metrics.begin(path));
  }

  /** What is refused is refused here; then the caller has to call `end`. */
  async open(request: Request, places: WatchPlaces): Promise<Opened> {
    const { backends, isViolated, stopping } = this.#options;
    request.signal.addEventListener("abort", () => this.end(), { once: true });
    const { result, claims } = await admit(request, parseWatch, this.#options);
    if (!result.ok) return { result, claims };

    const place = places.take(result.value.claims.sub);
    if (!place.ok) return { result: place, claims };
    this.#atEnd.push(place.value);
    // Whoever left meanwhile has already ended what there was then.
    if (this.#over.signal.aborted) this.end();
    const { asked } = result.value.asked;
    const lines = await watchNamespace(asked, {
      api: backends.api,
      now: backends.now,
      random: Math.random,
      wait: (ms, signal) => wait(ms, undefined, { signal }),
      signal: this.#over.signal,
      stopping,
      isOutOfService: () => stopping.aborted || isViolated(),
    });
    this.#limit(asked.max_s * 1000);
    return { result: lines, claims };
  }

  /** Each line is made when it is asked for: a slow reader gets fewer and newer ones. */
  body(lines: AsyncGenerator<WatchLine>, requestId: string): ReadableStream<Uint8Array> {
    this.#atEnd.push(() => this.#record(requestId));
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => void this.#atEnd.push(() => close(controller)),
        pull: async (controller) => {
          const bytes = await this.#next(lines, requestId);
          if (bytes === undefined || this.#over.signal.aborted) this.end();
          else controller.enqueue(bytes);
        },
        cancel: () => this.end("reader_left"),
      },
      { highWaterMark: 0 },
    );
  }

  end(reason: Reason = this.#reason): void {
    this.#reason = reason;
    this.#over.abort();
    for (const end of this.#atEnd.splice(0)) end();
  }

  #limit(ms: number): void {
    const timer = setTimeout(() => this.end("max_age"), ms + GRACE_MS).unref();
    this.#atEnd.push(() => clearTimeout(timer));
  }

  /** Undefined behind the last one. */
  async #next(lines: AsyncGenerator<WatchLine>, requestId: string): Promise<Uint8Array | undefined> {
    try {
      const next = await lines.next();
      if (next.done === true) return undefined;
      return this.#count(next.value);
    } catch (cause) {
      const detail =
        cause instanceof Error ? whereAndWhat(cause.cause instanceof Error ? cause.cause : cause) : undefined;
      this.#options.log({ event: "crashed", request_id: requestId, detail });
      this.#reason = "crashed";
      return undefined;
    }
  }

  #count(line: WatchLine): Uint8Array {
    if (line.type === "ended") this.#reason = line.reason;
    if (line.type === "resynced") this.#seen.resyncs += 1;
    const { bytes, told, omitted, redactions } = safeLine(line, this.#options.backends.redact);
    this.#seen.told += told;
    this.#seen.omitted += omitted;
    for (const [kind, times] of Object.entries(redactions)) {
      this.#redactions.set(kind, (this.#redactions.get(kind) ?? 0) + times);
    }
    return bytes;
  }

  #record(requestId: string): void {
    const { backends, log, metrics } = this.#options;
    metrics.watched({ ...this.#seen, ended: this.#reason, redactions: Object.fromEntries(this.#redactions) });
    log({
      event: "watch_ended",
      request_id: requestId,
      reason: this.#reason,
      changes: this.#seen.told,
      took_ms: backends.now() - this.#startedAt,
    });
  }
}

function parseWatch(body: unknown) {
  return parseRequest(STREAMS.watchNamespace.request, body);
}

function close(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // Its reader has closed it by leaving.
  }
}
