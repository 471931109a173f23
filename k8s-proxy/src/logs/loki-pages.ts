// Reads Loki from one end of a window to the other, a page at a time, and hands every line on as safely as from a node.
import { MAX_READ_LENGTH } from "./limits.ts";
import { safeLines } from "./safe-lines.ts";
import { err, ok } from "../result.ts";

import type { Failure } from "../failure.ts";
import type { Loki, LokiEntry, PageAsked, Window } from "../loki/client.ts";
import type { Redact } from "../redact/redact.ts";
import type { Result } from "../result.ts";
import type { LogSink, TakeLine } from "./log-source.ts";

export interface PagesOptions {
  readonly loki: Loki;
  readonly sink: LogSink;
  readonly redact: Redact;
  readonly maxBytes: number;
}

export interface PagesAsked extends Window {
  readonly query: string;
  readonly order: "newest" | "oldest";
}

export interface PagesEnd {
  readonly lines: number;
  readonly bytes: number;
  readonly pods: number;
  /** The bytes ended before the window did. */
  readonly isCut: boolean;
  /** What ended the reading between two pages. */
  readonly failure?: Failure;
}

export class LokiPages {
  readonly #options: PagesOptions;
  readonly #pods = new Set<string>();
  readonly #takers = new Map<string, TakeLine>();
  /** Entries at the moment where one page ends and the next begins: both have them. */
  #edge = new Set<string>();
  #lines = 0;
  #bytes = 0;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** What was read before a failure or the end of the time has been handed on, and is counted. */
  async read({ order, ...asked }: PagesAsked, signal: AbortSignal): Promise<Result<PagesEnd, Failure>> {
    const direction = order === "newest" ? "backward" : "forward";
    let next: PageAsked | undefined = { ...asked, direction };
    let isCut = false;
    while (next !== undefined) {
      const page = await this.#options.loki.page(next, signal);
      if (!page.ok) return this.#lines > 0 ? ok({ ...this.#end(false), failure: page.error }) : err(page.error);
      const fresh = page.value.entries.filter((entry) => !this.#edge.has(keyOf(entry)));
      this.#handOn(fresh, direction);
      isCut = page.value.isFull && this.#bytes >= this.#options.maxBytes;
      const behind: PageAsked | undefined =
        page.value.isFull && !isCut ? this.#behind(next, page.value.entries) : undefined;
      // A full page of lines that belong to no pod has nothing to go on from: there may be more behind it.
      isCut ||= page.value.isFull && behind === undefined;
      next = behind;
    }
    return ok(this.#end(isCut));
  }

  #end(isCut: boolean): PagesEnd {
    return { lines: this.#lines, bytes: this.#bytes, pods: this.#pods.size, isCut };
  }

  #handOn(entries: readonly LokiEntry[], direction: PageAsked["direction"]): void {
    // Backwards every page begins before the one that was read: nothing of it goes on from there.
    if (direction === "backward") this.#takers.clear();
    const inOrder = direction === "backward" ? entries.toReversed() : [...entries];
    for (const { source, atNs, line } of inOrder.toSorted((one, other) => compare(one.atNs, other.atNs))) {
      this.#lines += 1;
      this.#bytes += Buffer.byteLength(line);
      this.#pods.add(source.pod);
      this.#takerOf(source)(Number(atNs / 1_000_000n), line);
    }
  }

  #takerOf(source: LokiEntry["source"]): TakeLine {
    const key = `${source.pod}/${source.container}`;
    const known = this.#takers.get(key);
    if (known) return known;
    const safe = safeLines(this.#options.redact);
    const take = this.#options.sink.open(source);
    const taker: TakeLine = (atMs, line) => take(atMs, safe(line.slice(0, MAX_READ_LENGTH)));
    this.#takers.set(key, taker);
    return taker;
  }

  /** The page behind this one, the moment between the two included; a page of one moment alone is stepped over. */
  #behind(asked: PageAsked, entries: readonly LokiEntry[]): PageAsked | undefined {
    const isBackward = asked.direction === "backward";
    const [first] = entries;
    if (first === undefined) return undefined;
    const edge = entries.reduce((furthest, { atNs }) => (isBackward === atNs < furthest ? atNs : furthest), first.atNs);
    this.#edge = new Set(entries.filter(({ atNs }) => atNs === edge).map(keyOf));
    if (!isBackward) return { ...asked, startNs: edge > asked.startNs ? edge : edge + 1n };
    return { ...asked, endNs: edge + 1n < asked.endNs ? edge + 1n : edge };
  }
}

function keyOf({ source, atNs, line }: LokiEntry): string {
  return [source.pod, source.container, atNs, line].join("\0");
}

function compare(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
