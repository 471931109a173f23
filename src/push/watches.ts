// Keeps one watch open for each thing that is listened to, for as long as somebody listens.

import { pause } from "../deadline.ts";
import type { WatchLine } from "k8s-proxy/contract";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { Notice } from "./notice.ts";

/** What a watch says, line by line; a failure is the last of it. */
export type WatchNews = AsyncIterable<Result<WatchLine, UpstreamFailure>>;

export interface NotOpened {
  /** In words for whoever listens. */
  readonly reason: string;
  /** A proxy that restarts is soon there again; a permission that was taken away is not. */
  readonly mayPass: boolean;
}

export interface WatchParts {
  /** Authorised and recorded anew each time. */
  readonly open: (uri: string, signal: AbortSignal) => Promise<Result<WatchNews, NotOpened>>;
  readonly tell: (notice: Notice) => void;
  /** A bug or a broken stream: for the log. */
  readonly onFault: (cause: unknown) => void;
}

/** After a stream that broke; doubles up to a minute, and then the watch is given up. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

export class Watches {
  readonly #parts: WatchParts;
  readonly #running = new Map<string, AbortController>();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Begins what is wanted and is not there, ends what is there and is not wanted. */
  keep(wanted: ReadonlySet<string>): void {
    for (const [uri, controller] of this.#running) if (!wanted.has(uri)) controller.abort();
    for (const uri of wanted) {
      const running = this.#running.get(uri);
      if (!running || running.signal.aborted) this.#begin(uri);
    }
  }

  #begin(uri: string): void {
    const controller = new AbortController();
    this.#running.set(uri, controller);
    void this.#run(uri, controller.signal)
      .catch((cause: unknown) => this.#lose(uri, "something went wrong on our side", cause))
      .finally(() => {
        if (this.#running.get(uri) === controller) this.#running.delete(uri);
      });
  }

  async #run(uri: string, signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    const isUnwanted = () => signal.aborted;
    for (let isFirst = true; !isUnwanted(); isFirst = false) {
      const opened = await this.#parts.open(uri, signal);
      if (isUnwanted()) return;
      // What happened while nobody was watching is not known.
      if (opened.ok && !isFirst) this.#parts.tell({ kind: "resource_changed", uri });

      const end = opened.ok ? await this.#listen(uri, opened.value, signal) : opened.error;
      if (isUnwanted()) return;
      if (end.reason === "max_age") {
        // It went well for as long as a watch may.
        retryMs = FIRST_RETRY_MS;
        continue;
      }
      if (!end.mayPass || retryMs > LAST_RETRY_MS) {
        this.#lose(uri, end.reason);
        return;
      }
      await pause(retryMs, signal);
      retryMs *= 2;
    }
  }

  /** Why it ended: the reason that the watch gave, or that it was cut. */
  async #listen(uri: string, news: WatchNews, signal: AbortSignal): Promise<NotOpened> {
    try {
      for await (const line of news) {
        if (signal.aborted || !line.ok) return BROKEN_OFF;
        const { value } = line;
        if (value.type === "ended") return { reason: value.reason, mayPass: value.reason === "proxy_stopping" };
        if (value.type === "resynced") this.#parts.tell({ kind: "resource_changed", uri });
        if (value.type === "changed") this.#parts.tell({ kind: "resource_changed", uri, ...changed(value) });
      }
    } catch (cause) {
      if (!signal.aborted) this.#parts.onFault(cause);
    }
    return BROKEN_OFF;
  }

  #lose(uri: string, reason: string, cause?: unknown): void {
    if (cause !== undefined) this.#parts.onFault(cause);
    this.#parts.tell({ kind: "resource_lost", uri, reason });
  }
}

const BROKEN_OFF: NotOpened = { reason: "the watch broke off", mayPass: true };

function changed({ changes, omitted }: Extract<WatchLine, { type: "changed" }>) {
  return { changes, ...(omitted !== undefined && { omitted }) };
}
